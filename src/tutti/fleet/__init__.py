"""The field's words: routes, trips, blocks, plans, travel times, and the rules that a plan must keep.

day = read_day(load_json(Path("examples/day.json")))
problem = day.problem()  # for tutti.optimizer
violations = check_document(day, load_json(Path("plan.json")))
"""

from tutti.fleet.day import Day
from tutti.fleet.document import plan_document, read_plan
from tutti.fleet.errors import Finding, InputError, SolverError, TuttiError
from tutti.fleet.options import Options
from tutti.fleet.plan import Block, Bound, Certificate, Objective, Plan, PlannedTrip, Status
from tutti.fleet.plan_table import plan_csv
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.proof import Proof
from tutti.fleet.proven import proven_bound
from tutti.fleet.reading import load_json, parse_json, read_day
from tutti.fleet.route import Route, Stop
from tutti.fleet.rules import Violation, check
from tutti.fleet.statements import check_document
from tutti.fleet.stop_table import StopTable, parse_stop_table
from tutti.fleet.travel import GreatCircleTravel, MatrixTravel, TravelTimes
from tutti.fleet.vehicle import VehicleType

__all__ = [
    "Block",
    "Bound",
    "Certificate",
    "Day",
    "Finding",
    "GreatCircleTravel",
    "InputError",
    "MatrixTravel",
    "Objective",
    "Options",
    "Plan",
    "PlannedTrip",
    "Problem",
    "Proof",
    "Route",
    "SolverError",
    "Status",
    "Stop",
    "StopTable",
    "TravelTimes",
    "Trip",
    "TuttiError",
    "VehicleType",
    "Violation",
    "check",
    "check_document",
    "load_json",
    "parse_json",
    "parse_stop_table",
    "plan_csv",
    "plan_document",
    "proven_bound",
    "read_day",
    "read_plan",
]
