"""Decisions beside a no-op of the same server, in alternating rounds, and their latency at 70 % load."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from bench.figure import Figure
from bench.server import Load, run, serve

SHARE = 0.5
P99_MS = 10.0
ROUNDS = 3


def measure(folder: Path, seconds: float) -> list[Figure]:
    """With 50 live campaigns (45 of them fail a segment), 3 zones, 30 segments and profiles of 200 events, which came at
    once and are digested before anything is measured.
    """
    data = folder / "decide"
    shop = folder / "decide.yaml"
    shop.write_text(shop_file())
    run(data, "apply", str(shop))
    with serve(data) as server:
        server.load("past", 120)
        server.settle()
        rounds = [(server.load("noop", seconds), server.load("decide", seconds)) for _ in range(ROUNDS)]
        decided = median(decide.per_second for _, decide in rounds)
        calm = server.load("noop", seconds, rate=0.7 * decided)
        paced = server.load("decide", 2 * seconds, rate=0.7 * decided)
    share = median(decide.per_second / noop.per_second for noop, decide in rounds)
    cpu = _cpu(rounds)
    tested = folder / "decide-tested"
    shop.write_text(shop_file(tested=True))
    run(tested, "apply", str(shop))
    with serve(tested) as server:
        server.load("past", 120)
        server.settle()
        tests = [(server.load("noop", seconds), server.load("decide", seconds)) for _ in range(ROUNDS)]
    return [
        Figure("no-op", "requests/s", median(noop.per_second for noop, _ in rounds)),
        Figure("decide, 50 campaigns", "requests/s", decided),
        Figure("decide as a share of the no-op", "", share, SHARE, at_least=True),
        Figure("the same by processor time", "", cpu),
        Figure("and where every campaign has variants and a holdout", "", _cpu(tests)),
        Figure("decide p99 at 70 % load", "ms", paced.p99_ms, P99_MS),
        Figure("no-op p99 at that rate", "ms", calm.p99_ms),
    ]


def _cpu(rounds: list[tuple[Load, Load]]) -> float:
    """Processor time of a no-op as a share of a decision's."""
    return median((noop.cpu_s / noop.requests) / (decide.cpu_s / decide.requests) for noop, decide in rounds)


def shop_file(*, tested: bool = False) -> str:
    """The shop of the budget: visitors have no order and joined no audience, so only `everyone` lets them in.

    Where it is `tested`, every communication has two variants and every campaign holds one visitor in ten out.
    """
    holdout = "\n    holdout: 0.1" if tested else ""
    variants = "\n        variants: {control: {}, loud: {content: {heading: Louder}}}" if tested else ""
    zones = "\n".join(f"  z{number}: {{kind: block}}" for number in (1, 2, 3))
    strangers = ["returning-customers", *(f"audience:a{number}" for number in range(28))]
    campaigns = "\n".join(
        f"""  campaign-{number}:
    status: published
    segment: {strangers[number % len(strangers)] if number < 45 else "everyone"}{holdout}
    communications:
      c{number}:
        kind: block
        zone: z{number % 3 + 1}
        content: {{heading: Heading {number}, text: Some text, button: Look, href: /c/tea}}
        elements: {{button: {{href: /c/tea, set: {{favourite: tea}}, products: [p1]}}}}{variants}"""
        for number in range(50)
    )
    return f"shop: {{name: Benchmark}}\nzones:\n{zones}\ncampaigns:\n{campaigns}\n"
