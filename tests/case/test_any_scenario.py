from hypothesis import given, settings
from hypothesis import strategies as st

from psoas.case.case import Case
from psoas.case.scenario import TABLES, case_from_scenario
from psoas.errors import PsoasError

KEYS = sorted({key for model in TABLES.values() for key in model.model_fields})
numbers = st.one_of(st.integers(), st.floats(allow_nan=True, allow_infinity=True))
leaves = st.one_of(numbers, st.booleans(), st.none(), st.text(max_size=8), st.sampled_from(["left", "sitting", "male"]))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["left", "right", "L4/L5", "psoas_major", "segment", "x"]), inner, max_size=3),
    ),
    max_leaves=5,
)
tables = st.dictionaries(st.sampled_from(KEYS), values, max_size=3)
scenarios = st.dictionaries(st.sampled_from([*TABLES, "name", "else"]), st.one_of(tables, values), max_size=3)


@settings(max_examples=400, deadline=None)
@given(scenarios)
def test_any_scenario_is_a_case_or_a_sentence(scenario):
    try:
        case = case_from_scenario(scenario)
    except PsoasError as error:
        sentence = str(error)
        assert len(sentence) > 10 and "Traceback" not in sentence and "pydantic" not in sentence
    else:
        assert isinstance(case, Case)
        assert case_from_scenario(case.to_dict()) == case
