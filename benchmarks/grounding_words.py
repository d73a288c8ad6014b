"""Word lists from which `grounding.py` plants errors and rewords; none is taken from the checker."""

from __future__ import annotations


def _both_ways(pairs: str) -> dict[str, str]:
    """Map each word of "a/b" to the other."""
    split = [tuple(pair.split("/")) for pair in pairs.split()]
    table = {b: a for a, b in split}
    table.update(split)
    return {old.replace("_", " "): new.replace("_", " ") for old, new in table.items()}


def _table(pairs: str) -> dict[str, str]:
    """Map each word of "a/b" to the second."""
    return {old.replace("_", " "): new.replace("_", " ") for old, new in (pair.split("/") for pair in pairs.split())}


AUXILIARIES = "is|are|can|was|were|does|do|has|have|will|may|could|should"
OPPOSITES = _both_ways("""
increase/decrease increases/decreases improve/worsen improves/degrades better/worse higher/lower larger/smaller more/less
possible/impossible reduces/raises reduce/raise efficient/inefficient best/worst strong/weak faster/slower positive/negative
high/low large/small easy/difficult always/never before/after able/unable sufficient/insufficient linear/nonlinear success/failure
""")
ANTONYMS = _both_ways("""
robust/brittle supervised/unsupervised upper/lower maximum/minimum minimize/maximize deep/shallow dense/sparse simple/complex
complex/simple accurate/inaccurate reliable/unreliable stable/unstable safe/unsafe harmless/harmful helpful/unhelpful honest/dishonest
open/closed internal/external explicit/implicit direct/indirect local/global global/local static/dynamic discrete/continuous
convex/nonconvex finite/infinite known/unknown visible/hidden early/late short/long narrow/wide broad/narrow rich/poor cheap/expensive
online/offline forward/backward left/right first/last old/new modern/ancient human/machine natural/artificial real/synthetic
public/private central/peripheral common/rare frequent/infrequent similar/different same/different consistent/inconsistent
correct/incorrect true/false valid/invalid fair/unfair biased/unbiased balanced/unbalanced homogeneous/heterogeneous symmetric/asymmetric
independent/dependent relevant/irrelevant necessary/unnecessary significant/insignificant superior/inferior optimal/suboptimal
transparent/opaque flexible/rigid active/passive interactive/noninteractive aligned/misaligned benign/malicious familiar/novel
specific/general general/specific absolute/relative single/multiple multiple/single parallel/sequential deterministic/stochastic
noisy/clean labeled/unlabeled structured/unstructured interpretable/uninterpretable encourages/discourages encourage/discourage
accelerate/slow enable/prevent enables/prevents allows/forbids allow/forbid strengthen/weaken include/exclude includes/excludes
accept/reject attack/defend gain/loss benefits/harms advantage/disadvantage strengths/weaknesses underestimate/overestimate
overfitting/underfitting succeed/fail succeeds/fails agree/disagree agreement/disagreement similarity/dissimilarity
presence/absence offense/defense input/output source/target training/test encoder/decoder often/seldom rarely/often
quickly/slowly directly/indirectly explicitly/implicitly jointly/separately automatically/manually automatic/manual
positively/negatively within/outside together/apart above/below inside/outside
""")
UNITS = _table("""
%/_times percent/times million/billion billion/million thousand/million hours/days days/weeks seconds/minutes minutes/hours
ms/s years/months months/years points/times times/% x/% B/M M/B K/M GB/MB MB/GB km/m m/km Hz/kHz GHz/MHz dB/% orders/percent
fold/% nm/mm mm/cm keV/GeV GeV/TeV MeV/GeV TeV/GeV pc/kpc Mpc/kpc kpc/pc K/mK Myr/Gyr cm/mm degrees/radians bits/bytes eV/keV
""")
HEDGES = _table("""
may_be/is might_be/is could_be/is can_be/is may/do may_/_ might/do could/do can/do possibly/clearly perhaps/certainly potentially/always likely/certainly
probably/certainly potential/proven seems_to/does appears_to/does seem_to/do appear_to/do tends_to/does tend_to/do suggest_that/prove_that
suggests_that/proves_that suggesting_that/proving_that suggest/prove indicates_that/proves_that indicate_that/prove_that largely/fully
partially/fully approximately/exactly roughly/exactly about/exactly almost/_ nearly/_ somewhat/very relatively/very believe_that/show_that
""") | {"may ": "", "possibly ": "", "potentially ": "", "likely ": ""}
QUANTIFIERS = _table("""
some/all many/all most/all several/all few/all often/always sometimes/always usually/always typically/always generally/always
frequently/always rarely/never certain/all various/all a_few/all a_number_of/all multiple/all Some/All Many/All Most/All Several/All
in_general/always in_some_cases/in_all_cases partly/fully occasionally/always seldom/never commonly/always
""")
OTHERS = (
    "(?:prior|previous|existing|earlier|past|recent|related|other|traditional|conventional|current|contemporary|state-of-the-art|classical|"
    "many|most|numerous) "
    "(?:[a-z-]+ )?(?:works?|studies|methods|approaches|research|techniques|models|algorithms|systems|authors|papers|literature|results|solutions)"
    "|others|the literature|it (?:is|has been) (?:well |widely |commonly )?(?:known|shown|believed|argued|accepted)(?= that)"
    "|researchers|practitioners|the community|the state of the art"
)
CONDITIONS = (
    "if|when|whenever|unless|under|provided that|as long as|given that|only if|only when|for|on|in the (?:case|absence|presence|limit) of|"
    "until|assuming|assuming that|except|except for|in settings where|where|at|subject to|without|in cases where"
)
SHORT_CLAUSES = (
    "readers should care", "it always works", "nobody disputes this", "which saves money", "users prefer it", "costs stay low",
    "because {noun} matter", "since {noun} vary", "it generalizes well", "training becomes unnecessary", "so {noun} suffice",
    "which surprised experts", "improving all {noun}", "as regulators demand", "the {noun} improve", "while saving energy",
    "making {noun} obsolete", "in every case", "by wide margins", "without extra cost",
)  # fmt: skip
LONG_CLAUSES = (
    "so readers should adopt it in their own work", "which has since been confirmed by several independent groups",
    "and this is the main reason why {noun} fail", "because the {noun} were never designed for such use",
    "which makes it suitable for deployment in real hospitals", "although the cost of the {noun} is doubled then",
    "as was later shown for languages other than English", "and the same is true of all other {noun}",
    "which the authors attribute to the quality of {noun}", "and it runs on a phone in real time",
    "so that no further tuning of {noun} is needed", "which is why industry has adopted it so quickly",
)  # fmt: skip
SUPERLATIVES = (
    "best", "first", "largest", "most effective", "fastest", "only", "most important", "strongest", "leading", "most accurate",
    "simplest", "most widely used", "greatest", "unprecedented", "ultimate", "latest", "highest", "most reliable",
)  # fmt: skip
NOUNS = (  # words of a line are near synonyms: none of them is put for another
    "model models", "dataset datasets corpus corpora data", "method methods approach approaches technique techniques algorithm algorithms",
    "task tasks problem problems", "agent agents", "user users people humans participants", "language languages", "image images picture pictures",
    "network networks", "policy policies", "reward rewards", "error errors mistake mistakes", "risk risks", "theory theories", "proof proofs",
    "experiment experiments", "feature features", "distribution distributions", "function functions", "graph graphs", "system systems",
    "question questions", "answer answers", "document documents text texts", "sentence sentences", "word words", "attack attacks",
    "defense defenses", "preference preferences", "benchmark benchmarks", "framework frameworks", "accuracy", "robustness", "efficiency",
    "complexity", "diversity", "quality", "safety", "fairness", "privacy", "noise", "bias biases", "representation representations", "layer layers",
    "parameter parameters", "structure structures", "sample samples", "signal signals", "field fields", "particle particles", "energy energies",
    "galaxy galaxies", "star stars", "mass masses", "phase phases", "state states", "operator operators", "equation equations", "space spaces",
    "patient patients", "student students", "robot robots", "environment environments", "decision decisions", "label labels", "code", "software",
    "explanation explanations", "prediction predictions", "estimate estimates", "bound bounds", "rate rates", "time times", "cost costs",
    "objective objectives", "dimension dimensions", "temperature temperatures", "frequency frequencies", "region regions", "source sources",
)  # fmt: skip

CONNECTIVES = (
    "However|Moreover|Furthermore|In addition|Additionally|Therefore|Thus|Hence|Finally|Specifically|In particular|Consequently|As a result|"
    "For example|For instance|Indeed|Interestingly|Notably|Nevertheless|Nonetheless|In contrast|First|Second|Then|Also|To this end|Besides|"
    "On the other hand|In this paper|In this work|Here|In summary|Overall|Importantly|Surprisingly|Meanwhile|Similarly|Accordingly|In fact|Next"
)
PAST = _table("""
is/was are/were has/had have/had shows/showed show/showed finds/found find/found proposes/proposed propose/proposed presents/presented
present/presented achieves/achieved achieve/achieved outperforms/outperformed outperform/outperformed introduces/introduced introduce/introduced
demonstrates/demonstrated demonstrate/demonstrated improves/improved improve/improved uses/used provides/provided provide/provided
gives/gave give/gave leads/led yields/yielded depends/depended becomes/became become/became requires/required require/required does/did do/did
remains/remained remain/remained suggests/suggested suggest/suggested reveals/revealed reveal/revealed describes/described describe/described
develops/developed develop/developed argues/argued argue/argued makes/made make/made takes/took study/studied studies/studied holds/held
""")
ARTICLE_CHANGES = (
    (r"\b(?:[Aa]n?) (?=[a-z])", "the "), (r"(?<=[a-z,] )the (?=[a-z])", "a "), (r"(?<= of )the (?=[a-z])", ""), (r"\bour (?=[a-z])", "the "),
    (r"\bthis (?=[a-z])", "the "),
)  # fmt: skip
SYNONYMS = _table("""
show/demonstrate shows/demonstrates demonstrate/show demonstrates/shows propose/introduce proposes/introduces introduce/present presents/describes
use/employ uses/employs using/with used/employed method/approach methods/approaches approach/method approaches/methods technique/method
novel/new large/big several/multiple many/numerous obtain/get develop/build developed/built provide/offer provides/offers investigate/examine
study/examine paper/article important/crucial significantly/markedly improves/enhances improve/enhance reduces/decreases reduce/decrease
increases/raises outperforms/surpasses outperform/surpass achieves/attains achieve/reach requires/needs require/need enables/allows enable/allow
problem/issue problems/issues challenging/difficult results/findings various/diverse because/since although/though often/frequently
mainly/primarily usually/typically generate/produce generates/produces identify/detect select/choose address/tackle evaluate/assess
examine/investigate construct/build explain/account_for compute/calculate keep/retain help/assist begin/start ability/capability
different/distinct e.g./for_example while/whereas only/solely compared_to/compared_with such_as/like may/might can/is_able_to due_to/because_of
whether/if in_order_to/to state-of-the-art/state_of_the_art
""")
