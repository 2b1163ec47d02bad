"""Liquid: merchants' templates compiled once, rendered within limits.

The library is imported with the first template a shop has, and never by a shop without.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from shopkeeper.content.words import Words

if TYPE_CHECKING:
    from liquid import BoundTemplate
    from liquid.exceptions import LiquidError

LOOPS = 5_000
"""Rounds of all loops inside each other."""
OUTPUT = 1_000_000
"""Bytes a template may write, and characters a single value may have."""
DEPTH = 20
"""Blocks inside each other."""
SECONDS = 0.2
"""Processor time one template may take: the loops it may make take a tenth of it."""


class Broken(Exception):
    """A template cannot be read or rendered; `line` and `column` count from 1, 0 where the place is not known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}" if self.line else self.message


class Scenery(NamedTuple):
    """What templates may speak of: values by name, and how this shop writes amounts and moments."""

    values: Mapping[str, Any]
    words: Words
    currency: str
    zone: ZoneInfo
    now: int


def is_template(text: str) -> bool:
    """Whether a text is more than the characters it is made of."""
    return "{{" in text or "{%" in text


def check(text: str, *, markup: bool) -> None:
    """Raises Broken for what cannot be a template, or uses a filter there is not."""
    if not is_template(text):
        return
    template = _compiled(text, markup)
    for name, places in template.analyze().filters.items():
        if name not in template.env.filters:
            raise Broken(f"there is no filter {name!r}", *_position(text, places[0].index))


def render(text: str, scenery: Scenery, *, markup: bool) -> str:
    """The text of a template. In markup every value is escaped; elsewhere the caller escapes the whole.

    Raises Broken.
    """
    from liquid.exceptions import LiquidError  # deferred: see the module

    template = _compiled(text, markup)
    try:
        return template.render({**scenery.values, _SCENERY: scenery})
    except LiquidError as error:
        raise _broken(error, text) from None
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        # A filter of the library met a value it did not expect; the template is at fault, not the page.
        raise Broken(f"a filter cannot use this value ({type(error).__name__})") from None


_SCENERY = "\0scenery"
"""Under a name no template can write."""


@lru_cache(maxsize=4096)
def _compiled(text: str, markup: bool) -> BoundTemplate:
    from liquid.exceptions import LiquidError  # deferred: see the module

    try:
        template: BoundTemplate = _environment(markup).from_string(text)
    except LiquidError as error:
        raise _broken(error, text) from None
    except (ValueError, RecursionError) as error:
        raise Broken(f"the template cannot be read ({type(error).__name__})") from None
    return template


@lru_cache(maxsize=2)
def _environment(markup: bool) -> Any:
    # Deferred: see the module.
    from liquid import BoundTemplate, Environment, RenderContext

    from shopkeeper.content.filters import Deadline, install

    class Context(RenderContext):
        """A context that gives up when its time is over: loops and filters look at the clock."""

        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self.deadline = Deadline(SECONDS)
            self.scenery = self.globals.get(_SCENERY)

        def extend(self, *args: Any, **named: Any) -> Any:
            self.deadline.check()
            return super().extend(*args, **named)

        def filter(self, name: str, token: Any) -> Any:
            self.deadline.check()
            return super().filter(name, token)

    class Template(BoundTemplate):
        context_class = Context

    class Limited(Environment):
        block_nesting_limit = DEPTH
        context_depth_limit = DEPTH
        loop_iteration_limit = LOOPS
        local_namespace_limit = OUTPUT
        output_stream_limit = OUTPUT
        template_class = Template

    environment = Limited(autoescape=markup)
    for tag in ("include", "render"):
        del environment.tags[tag]  # there are no other templates to take in
    install(environment, OUTPUT)
    return environment


def _broken(error: LiquidError, text: str) -> Broken:
    """The same without the library's drawing; what is missing at the end is missing behind the last character."""
    index = error.token.start_index if error.token else -1
    message = str(error.message or "the template cannot be used").replace("end of expression", "the end of the text")
    return Broken(message, *_position(text, index if 0 <= index <= len(text) else len(text)))


def _position(text: str, index: int) -> tuple[int, int]:
    """Line and column of a character, both from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
