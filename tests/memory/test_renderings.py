"""How a term was rendered: found from its rows, in one way or several, and not what merely stands beside it."""

from __future__ import annotations

import pytest

from docpipe.memory.renderings import renderings

BEFORE = ("Se evaluó", "Según el plan,", "En la semana", "Cada centro notificó", "Resultados de")
AFTER = ("en la visita.", "por el comité.", "tras un año.", "según lo previsto.")
OTHERS = [f"{BEFORE[n % 5]} otra frase {n} con datos de seguridad {AFTER[n % 4]}" for n in range(60)]


def rows(*ways: str) -> list[tuple[str, str]]:
    return [
        (f"{n} the primary endpoint {n}", f"{BEFORE[n % 5]} {ways[n % len(ways)]} {n} {AFTER[n % 4]}")
        for n in range(24)
    ]


def test_the_one_rendering_of_a_term_is_found() -> None:
    assert renderings("primary endpoint", rows("el criterio principal"), OTHERS, "es") == {
        "el criterio principal": 24
    } or renderings("primary endpoint", rows("el criterio principal"), OTHERS, "es") == {"criterio principal": 24}


@pytest.mark.parametrize(
    "ways",
    [("criterio principal", "variable primaria"), ("criterio principal", "variable primaria", "objetivo central")],
)
def test_several_renderings_are_told_apart(ways: tuple[str, ...]) -> None:
    found = renderings("primary endpoint", rows(*ways), OTHERS, "es")
    assert {max(ways, key=lambda w: w in f) for f in found} == set(ways)
    assert sum(found.values()) == 24


def test_a_row_that_is_the_term_alone_says_it_best() -> None:
    found = renderings(
        "primary endpoint",
        [("Primary endpoint", "Criterio de valoración principal"), *rows("criterio de valoración principal")],
        OTHERS,
        "es",
    )
    assert list(found) == ["Criterio de valoración principal"]
    assert found["Criterio de valoración principal"] == 25


def test_chinese_targets_are_looked_at_by_characters() -> None:
    texts = [
        ("the adverse event was mild", f"第{n}组{end}")
        for n, end in enumerate(["发生不良事件较轻", "的不良事件为轻度", "未见不良事件加重", "出现不良事件两次"] * 4)
    ]
    others = ["受试者接受了筛选检查", "研究药物每日口服一次", "生命体征保持稳定"] * 10
    assert list(renderings("adverse event", texts, others, "zh")) == ["不良事件"]


def test_what_every_row_has_is_no_rendering() -> None:
    common = [("a rare term here", f"{n} datos de seguridad") for n in range(9)]
    assert "datos de seguridad" not in renderings("rare term", common, OTHERS, "es")


def test_an_identifier_is_rendered_by_itself() -> None:
    some = [("QLZ-301 began.", "方案QLZ-301已启动。"), ("Of QLZ-301.", "关于该方案。")]
    assert renderings("QLZ-301", some, [], "zh") == {"QLZ-301": 1}
    assert renderings("QLZ-301", some[1:], [], "zh") == {}
