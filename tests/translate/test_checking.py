"""A translation is checked against its source, language by language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen import languages
from surveygen.domain.paper import PaperId
from surveygen.translate import Glossary, mask, unmask, validation_error
from toy_translator import hostile, toy

CITES = (PaperId("2101.00001"),)
OTHERS = [code for code in languages.codes() if code != "en"]
SOURCE = (
    "On two benchmarks GPT-4 cuts the harmful answers of large models by 34.5% and 1,200 steps of $k$-fold search, as "
    "Casper et al. [@2101.00001] show."
)
REAL = {
    "es": "En dos pruebas, GPT-4 reduce las respuestas dañinas de los modelos grandes un 34,5 % y 1.200 "
    "pasos de búsqueda de $k$ pliegues, como muestran Casper et al. [@2101.00001].",
    "de": "In zwei Benchmarks senkt GPT-4 die schädlichen Antworten großer Modelle um 34,5 % und 1200 "
    "Schritte der $k$-fachen Suche, wie Casper et al. [@2101.00001] zeigen.",
    "fr": "Sur deux bancs d’essai, GPT-4 réduit les réponses nuisibles des grands modèles de 34,5 % et de "
    "1 200 étapes de recherche à $k$ plis, comme le montrent Casper et al. [@2101.00001].",
    "ru": "На двух наборах GPT-4 снижает число вредных ответов больших моделей на 34,5 % и на 1200 шагов "
    "поиска $k$, как показывают Casper et al. [@2101.00001].",
    "ja": "2つのベンチマークで、GPT-4は大規模モデルの有害な回答を34.5%減らし、$"
    "k$分割探索の1200ステップを省くことをCasper et al. [@2101.00001]が示している。",
    "zh": "在两个基准上，GPT-4将大模型的有害回答减少了34.5%，并减少了1200步的"
    "$k$折搜索，如Casper et al. [@2101.00001]所示。",
    "ko": "두 벤치마크에서 GPT-4는 대형 모델의 해로운 답변을 34.5% 줄이고 $k$겹 탐색의 1,200단계를 "
    "줄인다고 Casper et al. [@2101.00001]가 보여 준다.",
    "ar": "في اختبارين يقلل GPT-4 الإجابات الضارة للنماذج الكبيرة بنسبة ٣٤٫٥٪ و١٬٢٠٠ خطوة من البحث $k$ "
    "كما يبين Casper et al. [@2101.00001].",
    "hi": "दो बेंचमार्क पर GPT-4 बड़े मॉडलों के हानिकारक उत्तरों को 34.5% और $k$ खोज के 1,200 चरणों से "
    "घटाता है, जैसा कि Casper et al. [@2101.00001] दिखाते हैं।",
    "pt": "Em dois testes, o GPT-4 reduz as respostas nocivas dos grandes modelos em 34,5% e 1.200 passos "
    "da busca de $k$ partes, como mostram Casper et al. [@2101.00001].",
}


def wrong(said: str | None, code: str, source: str = SOURCE, glossary: Glossary = Glossary()) -> str:  # noqa: B008
    """Return the fault of a translation; one whose marks are gone has no text."""
    return "marks" if said is None else validation_error(source, said, CITES, glossary, pair=("en", code))


@pytest.mark.parametrize("code", OTHERS)
def test_a_good_translation_stands(code: str) -> None:
    """In each language, with its own decimal signs, digits and direction."""
    assert wrong(REAL[code], code) == ""


@pytest.mark.parametrize("code", OTHERS)
def test_the_fixed_sentences_of_a_language_are_of_plausible_length(code: str) -> None:
    """What people wrote for drafts passes the bounds that are drawn from it; the curating page lists keys too."""
    english, words = languages.load("en").words, languages.load(code).words
    prose = {key: told for key, told in english.items() if isinstance(told, str) and not key.startswith("desk_")}
    pairs = [(told, words[key]) for key, told in prose.items() if len(told) >= 40]
    plain = [(told, said) for told, said in pairs if isinstance(said, str) and "{" not in told and said != told]

    assert len(plain) > 10
    assert [
        said for told, said in plain if "length" in validation_error(told, said, (), Glossary(), pair=("en", code))
    ] == []


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("other", OTHERS)
def test_another_script_is_found(code: str, other: str) -> None:
    """A translation into a language of another script is none."""
    scripts = {"ru": "ru", "ja": "ja", "zh": "zh", "ko": "ko", "ar": "ar", "hi": "hi"}
    if scripts.get(code, "latin") != scripts.get(other, "latin"):
        assert wrong(REAL[other], code)


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize(
    "manner",
    [
        "drops",
        "doubles",
        "counts",
        "adds",
        "echoes",
        "empty",
        "long",
        "short",
        "html",
        "tex",
        "cites",
        "links",
        "script",
    ],
)
def test_what_bad_engines_say_does_not_stand(code: str, manner: str) -> None:
    """Each of the faults of an engine is found in each language; its honest answer stands."""
    masked = mask(SOURCE, CITES, Glossary())

    assert wrong(unmask(toy(masked.text, code), masked), code) == ""
    assert wrong(unmask(hostile(manner, masked.text, code), masked), code)


@pytest.mark.parametrize(
    ("source", "said", "holds"),
    [
        ("It has 1,000 rows.", "Tiene 1.000 filas.", True),
        ("It has 1,000 rows.", "Tiene 1 000 filas.", True),
        ("It has 1.5 rows.", "Tiene 1,5 filas.", True),
        ("It has 1.5 rows.", "Tiene 15 filas.", False),
        ("It has 1,000 rows.", "Tiene 1 fila.", False),
        ("It has two rows.", "Tiene 2 filas.", True),
        ("It has two rows.", "Tiene 3 filas.", False),
        ("It has 10 million rows.", "Tiene 10 millones de filas.", True),
        ("It lives in the 19th century.", "Vive en el siglo XIX.", True),
        ("It lives in the 19th century.", "Vive en el siglo XX.", False),
        ("It has rows 3, 4 and 5.", "Tiene las filas 3, 4 y 4.", False),
        ("Version 3.5.1 has it.", "La versión 3.5.1 lo tiene.", True),
        ("Version 3.5.1 has it.", "La versión 3.5.2 lo tiene.", False),
    ],
)
def test_numbers_are_read_in_both_languages(source: str, said: str, *, holds: bool) -> None:
    """Signs of thousands and fractions may change, values may not."""
    assert (validation_error(source, said, (), Glossary(), pair=("en", "es")) == "") is holds


def test_large_numbers_of_east_asia_are_read() -> None:
    """Ten thousand is one 万."""
    assert validation_error("It has 30,000 rows in all.", "全部で3万行ある。", (), Glossary(), pair=("en", "ja")) == ""
    assert (
        validation_error("It has 10 million rows in all.", "总共有1000万行。", (), Glossary(), pair=("en", "zh")) == ""
    )


def test_a_term_must_be_said_as_the_glossary_has_it() -> None:
    """Another word for it is a fault."""
    glossary = Glossary.of({"reward hacking": "hackeo de recompensas"})
    source = "Reward hacking is a common problem here."

    assert wrong("El hackeo de recompensas es un problema común.", "es", source, glossary) == ""
    assert "hackeo" in wrong("El pirateo de premios es un problema común.", "es", source, glossary)


def test_a_language_without_a_file_is_judged_by_the_rest() -> None:
    """A source may be in any language; its length is then not compared."""
    said = validation_error(
        "Il modello impara a mentire bene.", "The model learns to lie well.", (), Glossary(), pair=("it", "en")
    )

    assert said == ""


@given(st.text(max_size=200), st.sampled_from(OTHERS))
def test_any_answer_is_judged(said: str, code: str) -> None:
    """Whatever an engine says, there is a verdict, and a sentence with other citations never stands."""
    assert wrong(said, code)
