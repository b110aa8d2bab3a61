"""A small day and a plan of it that keeps every rule: two buses, one deadhead of 16 minutes."""

from tests.fleet.routes import entry, leaving, stop
from tutti.fleet.plan import Block, Bound, Certificate, Plan, PlannedTrip, Status
from tutti.fleet.reading import read_day

NURSERY = [stop(1, lat=40.1), stop(2, lat=40.07), stop(3, lat=40.05)]
DAY = read_day([
    entry(),
    entry(id="E2", name="=Nursery, line 2", stops=NURSERY, arrival_time="09:10", school_name='The "Nest"'),
    leaving(departure_time="09:00"),
])  # fmt: skip
PLAN = Plan((
    Block("1", "bus", 21, (PlannedTrip("E1", 490, 510, 0, 0), PlannedTrip("E2", 528, 548, -2, 14))),
    Block("2", "bus", 21, (PlannedTrip("X1", 541, 561, 1, 0),)),
))  # fmt: skip
CERTIFICATE = Certificate(Status.OPTIMAL, PLAN.objective, Bound(2, 14), seconds=0.1234567)
