"""A proof as a JSON document: written by the optimizer's side, read by whoever wants to see for himself."""

from collections.abc import Sequence
from typing import Any

from tutti.fleet.errors import Finding, InputError
from tutti.fleet.fields import Fields, check_names, described
from tutti.fleet.proof import UNITS, Amount, Case, Chain, Others, Prices, Proof, Split, Step

_FORM = 1
_LARGEST = 10**9
_DEEPEST = 60  # splits within each other


def proof_document(proof: Proof) -> dict[str, Any]:
    """The document of a proof. Prices have five decimals, so it says the same."""
    return {
        "form": _FORM,
        "routes": list(proof.routes),
        "steps": [_step_document(name, step) for name, step in proof.steps.items()],
    }


def _step_document(name: str, step: Step) -> dict[str, Any]:
    document: dict[str, Any] = {"name": name, "weight": step.weight, "unit": step.unit}
    if step.others is not None:
        document["others"] = {"weight": step.others.weight, "case": _case_document(step.others.prices)}
    return {**document, "case": _case_document(step.cases)}


def _case_document(case: Case) -> dict[str, Any]:
    if isinstance(case, Split):
        sides = {"within": _case_document(case.within), "beyond": _case_document(case.beyond)}
        return {"count": _amount_document(case.amount), "at_most": case.at_most, **sides}
    fleet = [{"count": _amount_document(amount), "price": price / UNITS} for amount, price in case.fleet.items()]
    chains = [
        {"routes": list(chain.routes), "price": chain.price / UNITS, "ring": chain.is_ring} for chain in case.chains
    ]
    return {"prices": [price / UNITS for price in case.routes], "fleet": fleet, "chains": chains}


def _amount_document(amount: Amount) -> dict[str, Any]:
    if amount.of_type is not None:
        return {"type": amount.of_type}
    return {} if amount.from_cost is None else {"from_cost": amount.from_cost}


def read_proof(content: object, path: str = "") -> Proof:
    """The proof of a document. Raises InputError with everything that is wrong with its form. path: where it stands."""
    findings: list[Finding] = []
    fields = Fields.of(content, path, findings)
    proof = Proof() if fields is None else _proof_of(fields)
    if findings:
        raise InputError(findings)
    return proof


def _proof_of(fields: Fields) -> Proof:
    check_names(fields, ("form", "routes", "steps"), "part of a proof")
    fields.whole("form", _FORM, _FORM, required=True)
    fields.list_of("routes")
    routes = tuple(fields.texts("routes"))
    steps: dict[str, Step] = {}
    for step in fields.objects("steps", required=True):
        name = step.text("name", required=True) or ""
        if name in steps:
            step.wrong("name", "is that of another step, too")
        steps[name] = _step_of(step, len(routes))
    return Proof(routes, steps)


def _step_of(fields: Fields, routes: int) -> Step:
    check_names(fields, ("name", "weight", "unit", "others", "case"), "part of a step")
    weight = fields.whole("weight", 0, _LARGEST, required=True) or 0
    unit = fields.whole("unit", 1, _LARGEST)
    others, inner = None, fields.inner("others")
    if inner is not None:
        case = _case_at(inner, routes, 0)
        if not isinstance(case, Prices):
            inner.wrong("case", "must have prices; splits say nothing about links")
        else:
            others = Others(case, inner.whole("weight", 0, 10**15, required=True) or 0)
    return Step(_case_at(fields, routes, 0), weight, unit, others)


def _case_at(fields: Fields, routes: int, depth: int, name: str = "case") -> Case:
    inner = fields.inner(name)
    if inner is None:
        if not fields.has(name):
            fields.wrong(name, "is missing; give an object with prices")
        return Prices(())
    if not inner.has("at_most"):
        return _prices_of(inner, routes)
    check_names(inner, ("count", "at_most", "within", "beyond"), "part of a split")
    at_most = inner.whole("at_most", 0, _LARGEST, required=True) or 0
    if depth == _DEEPEST:
        inner.wrong("within", f"there are more than {_DEEPEST} splits within each other")
        return Prices(())
    sides = [_case_at(inner, routes, depth + 1, side) for side in ("within", "beyond")]
    return Split(_amount_of(inner), at_most, *sides)


def _prices_of(fields: Fields, routes: int) -> Prices:
    check_names(fields, ("prices", "fleet", "chains"), "part of prices")
    prices = fields.list_of("prices") or []
    if len(prices) not in (0, routes):
        fields.wrong("prices", f"has {len(prices)} prices for {routes} routes; give one for each, or none")
    fleet: dict[Amount, int] = {}
    for each in fields.objects("fleet"):
        check_names(each, ("count", "price"), "part of a price")
        amount = _amount_of(each)
        fleet[amount] = fleet.get(amount, 0) + _units(each.number("price", -_LARGEST, _LARGEST, required=True) or 0.0)
    chains = tuple(_chain_of(chain, routes) for chain in fields.objects("chains"))
    return Prices(tuple(_read(fields, prices)), fleet, chains)


def _chain_of(fields: Fields, routes: int) -> Chain:
    check_names(fields, ("routes", "price", "ring"), "part of a chain")
    places = fields.list_of("routes") or []
    if not all(type(place) is int and 0 <= place < routes for place in places) or len(set(places)) < len(places):
        fields.wrong("routes", f"must be different places in the list of {routes} routes, from 0 on")
        places = []
    price = _units(fields.number("price", 0, _LARGEST, required=True) or 0.0)
    return Chain(tuple(places), price, fields.flag("ring") or False)


def _read(fields: Fields, prices: Sequence[object]) -> list[int]:
    read = []
    for number, price in enumerate(prices):
        if type(price) not in (int, float) or not abs(price) <= _LARGEST:  # type: ignore[arg-type]
            fields.wrong(f"prices[{number}]", f"must be a number up to {_LARGEST:,}, not {described(price)}")
        else:
            read.append(_units(price))  # type: ignore[arg-type]
    return read


def _units(price: float) -> int:
    return round(price * UNITS)


def _amount_of(fields: Fields) -> Amount:
    inner = fields.inner("count")
    if inner is None:
        return Amount()
    check_names(inner, ("type", "from_cost"), "what buses are counted by")
    return Amount(inner.text("type"), inner.whole("from_cost", 0, _LARGEST))
