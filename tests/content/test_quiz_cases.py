"""Golden ways through quizzes, by the server's rules; the browser clicks through the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopkeeper.content import follows
from tests.content.stage import communication

CASES = sorted((Path(__file__).parents[2] / "cases" / "quiz").glob("*.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_way_leads_where_the_case_says(case: Path):
    said = json.loads(case.read_text())
    quiz = communication({"kind": "quiz", "quiz": said["quiz"]}).quiz
    assert quiz is not None
    for walk in said["walks"]:
        steps = [next(iter(quiz.questions))]
        for given in walk["answers"]:
            asked = steps[-1]
            steps.append(follows(quiz, asked, None if quiz.questions[asked].multiple else given[0]))
        assert steps == walk["steps"]
