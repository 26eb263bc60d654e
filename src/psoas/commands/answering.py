"""An answer on its way out: printed, as JSON, as a report, saved for later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from psoas.commands.options import Output
from psoas.commands.streams import console, print_json, say
from psoas.result import Result
from psoas.saved import Answer, answer_of


def give(found: Any, output: Output) -> int:
    """Give a study, results or a saved answer as the flags ask: printed or as JSON, and as report and file beside."""
    answer = answer_of(found)
    if output.save is not None:
        from psoas.saved import save

        say([f"saved {save(answer, output.save)}"])
    if output.report is not None:
        from psoas.report.page import write_report

        say([f"wrote {write_report(output.report, answer)}"])
    if output.as_json:
        print_json(json_of(answer), alone=len(answer.results) == 1)
        say(note for result in answer.results for note in result.notes)
        return 0
    from psoas.report.terminal import show

    show(
        console(),
        answer.results,
        title=answer.title,
        phases=answer.phases,
        traces=answer.traces,
        findings=answer.findings,
        tables=answer.tables,
        figures=answer.figures,
        sources=answer.sources,
    )
    return 0


def json_of(answer: Answer) -> list[str]:
    """Return each result as JSON text; the first also holds what the study shows beside the results, as "study"."""
    written = [result.to_dict() for result in answer.results]
    if answer.tables or answer.figures or answer.findings:
        written[0]["study"] = {
            "title": answer.title,
            "phases": [[name, frame] for name, frame in answer.phases],
            "traces": [trace.to_dict() for trace in answer.traces],
            "findings": list(answer.findings),
            "tables": [table.to_dict() for table in answer.tables],
            "figures": [figure.to_dict() for figure in answer.figures],
            "sources": list(answer.sources),
        }
    return [json.dumps(entry, allow_nan=False, ensure_ascii=False) for entry in written]


def titled(results: Sequence[Result], title: str, findings: tuple[str, ...] = ()) -> Answer:
    """Return results under a title, with what is found of them in sentences."""
    return answer_of(Answer(tuple(results), title, findings=findings))
