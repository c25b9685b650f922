"""The rows of the matrix: what is changed, one thing at a time, and what must come of it.

``{course}`` is the course folder, ``{place}`` the temporary folder that holds it, with a ``home``
and a ``tmp``; ``{root}`` is this checkout.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One environment.

    Attributes
    ----------
    environment : mapping of str to str or None
        Variables that are set; None takes one away.
    before : tuple of str
        Words before the command.
    folder : str
        Name of the course folder.
    prepared : str
        Shell commands that run in `place` first. If they fail, the row cannot be tried here.
    refused : str
        Words of the sentence, where the marks cannot be had; exit code 2 belongs to it.
    python : str
        Makes an environment of its own, by `bootstrap.py` in a copy of the checkout.
    quick : bool
        Whether `make test` tries it, too. It must be possible on every machine with a sandbox.
    """

    name: str
    environment: Mapping[str, str | None] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    folder: str = "course"
    prepared: str = ""
    refused: str = ""
    python: str = ""
    quick: bool = False


def _shell(script: str) -> tuple[str, ...]:
    """Return words that put a command behind `script`, which calls it as ``"$@"``."""
    return ("bash", "-c", script, "bash")


def _seen(*arguments: str) -> tuple[str, ...]:
    """Return words that run a command with another view of the system."""
    return ("bwrap", "--dev-bind", "/", "/", *arguments, "--")


def _made(locale: str, language: str, charset: str) -> Row:
    made = f"mkdir locales && localedef -i {language} -f {charset} locales/{locale}"
    setting = {"LOCPATH": "{place}/locales", "LC_ALL": locale, "PYTHONUTF8": "0"}
    return Row(f"locale {locale}", setting, prepared=made)


def _setting(name: str, value: str | None, *, quick: bool = False) -> Row:
    text = f"without {name}" if value is None else f"{name}={value}"
    return Row(text, {name: value}, quick=quick)


_ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
_LONG = "/".join(["a folder whose name is long " * 7] * 4)
_READ_ONLY_HOME = _seen("--ro-bind", "{place}/home", "{place}/home")
_FULL = ["--perms", "0777", "--size", "65536", "--tmpfs"]
_MANY = ("nosuch", "-1", "64")

LOCALES = (
    *(_setting("LC_ALL", name) for name in ("C", "POSIX", "xx_XX.UTF-8", "")),
    Row("ASCII throughout", _ASCII),
    _made("de_DE.ISO-8859-1", "de_DE", "ISO-8859-1"),
    _made("tr_TR.UTF-8", "tr_TR", "UTF-8"),
    _made("tr_TR.ISO-8859-9", "tr_TR", "ISO-8859-9"),
    _made("ja_JP.EUC-JP", "ja_JP", "EUC-JP"),
    _setting("PYTHONIOENCODING", "latin-1", quick=True),
    *(_setting("PYTHONIOENCODING", name) for name in ("ascii", "cp1252", "cp437", "utf-16")),
)
CLOCKS = (
    _setting("TZ", "America/Los_Angeles", quick=True),
    *(
        _setting("TZ", zone)
        for zone in (
            *("Asia/Kathmandu", "America/St_Johns", "Europe/London", "Pacific/Kiritimati"),
            *("No/Such_Zone", "", ":", "CEST-2", "PDT7"),
        )
    ),
    *(
        Row(f"clock at {time}", before=("faketime", time), prepared="faketime -f +0 true")
        for time in ("1999-12-31 23:59:59", "2038-01-19 03:14:06", "2100-02-28 12:00:00")
    ),
)
PLACES = (
    Row("path rnn%202026 [x] ?#", folder="rnn%202026 [x] ?#", quick=True),
    *(
        Row(f"path {name}", folder=name)
        for name in (
            *("a blank", "50%", "%41", "a#b", "a?b", "[x]", "{x}", "$HOME", "it's", 'a "b"'),
            *("-x", "a:b", "a;b", "a\\b", "a*b", "~", "Übung 循環", "é", "tail ", "new\nline"),
        )
    ),
    Row("path of 800 characters", folder=_LONG),
    *(_setting("HOME", home) for home in ("{place}/missing", "/tmp/home", "", "home", "/dev/null")),
    _setting("HOME", None, quick=True),
    Row("HOME read-only", before=_READ_ONLY_HOME),
    _setting("TMPDIR", "{place}/missing"),
    _setting("TMPDIR", "tmp"),
    Row("TMPDIR long", {"TMPDIR": "{place}/" + "t" * 200}, prepared=f"mkdir {'t' * 200}"),
    Row("TMPDIR with a blank, %, Ü", {"TMPDIR": "{place}/a %Ü"}, prepared="mkdir 'a %Ü'"),
    Row("TMPDIR read-only", before=_seen("--ro-bind", "{place}/tmp", "{place}/tmp")),
    Row("TMPDIR full", before=_seen(*_FULL, "{place}/tmp"), refused="space"),
    Row(
        "course read-only",
        before=_seen("--ro-bind", "{course}", "{course}"),
        refused="read-only",
        quick=True,
    ),
    Row("course full", before=_seen(*_FULL, "{course}/course"), refused="space"),
    Row("checkout read-only", before=_seen("--ro-bind", "{root}", "{root}")),
)
LIMITS = (
    *(
        Row(f"umask {mask}", before=_shell(f'umask {mask}; exec "$@"'), quick=mask == "077")
        for mask in ("000", "027", "077")
    ),
    *(
        Row(f"limit {limit}", before=("prlimit", f"--{limit}", "--"))
        for limit in (
            *("nofile=64:64", "nofile=128:128", "nofile=1048576:1048576", "as=4294967296"),
            *("fsize=1048576", "stack=262144", "stack=unlimited", "core=unlimited", "nproc=200"),
        )
    ),
    Row("one processor", before=("taskset", "-c", "0")),
    Row("nice 19", before=("nice", "-n", "19")),
)
USERS = (
    Row("ordinary user", before=_seen("--unshare-user", "--uid", "1234", "--gid", "1234")),
    Row("root of a user namespace", before=_seen("--unshare-user", "--uid", "0", "--gid", "0")),
    Row("without network", before=_seen("--unshare-net")),
    Row(
        "minimal PATH", {"PATH": "{place}/bin"}, prepared='mkdir bin; ln -s "$(type -P bwrap)" bin'
    ),
    Row(
        "without bubblewrap", {"PATH": "{place}/home"}, refused="bubblewrap is missing", quick=True
    ),
    _setting("PATH", None),
)
STREAMS = (
    Row("stdin closed", before=_shell('exec "$@" <&-')),
    Row("stdout closed", before=_shell('exec "$@" >&-')),
    Row("stderr closed", before=_shell('exec "$@" 2>&-')),
    Row("all streams closed", before=_shell('exec "$@" <&- >&- 2>&-')),
    Row("a pipe that nobody reads", before=_shell('"$@" | true; exit "${PIPESTATUS[0]}"')),
    Row("a terminal", before=("script", "-qefc", '"$0" "$@"', "/dev/null")),
    *(_setting(name, "1") for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "CI")),
    *(_setting("TERM", name) for name in (None, "dumb", "nosuch")),
)
SETTINGS = (
    *(_setting(f"PYTHON{name}", "1") for name in ("DONTWRITEBYTECODE", "HASHSEED", "DEVMODE")),
    *(_setting(f"PYTHON{name}", "1") for name in ("SAFEPATH", "UNBUFFERED", "NODEBUGRANGES")),
    _setting("PYTHONWARNINGS", "error", quick=True),
    _setting("PYTHONOPTIMIZE", "2"),
    _setting("PYTHONUTF8", "0"),
    _setting("PYTHONINTMAXSTRDIGITS", "640"),
    _setting("PYTHONPYCACHEPREFIX", "{place}/missing"),
    *(_setting("OPENBLAS_NUM_THREADS", number) for number in ("1", *_MANY)),
    _setting("OPENBLAS_CORETYPE", "Prescott"),
    *(_setting("OMP_NUM_THREADS", number) for number in _MANY),
    *(_setting("MPLBACKEND", name) for name in ("TkAgg", "nosuch")),
    *(_setting(name, "{place}/missing/x") for name in ("MPLCONFIGDIR", "IPYTHONDIR")),
    *(_setting(f"XDG_{name}_HOME", "/dev/null") for name in ("CONFIG", "CACHE", "DATA")),
    _setting("JUPYTER_CONFIG_DIR", "/dev/null"),
    _setting("DISPLAY", ":99"),
    _setting("SOURCE_DATE_EPOCH", "0"),
    _setting("LD_PRELOAD", "/nosuch.so"),
    Row("PYTHONPATH that shadows", {"PYTHONPATH": "{place}"}, prepared="echo 1/0 >numpy.py"),
)
_PYTHON = "python3"
SETUPS = (
    *(Row(f"Python 3.{minor}", python=f"python3.{minor}") for minor in (11, 12, 13, 14)),
    Row("set-up, umask 077", before=_shell('umask 077; exec "$@"'), python=_PYTHON),
    Row("set-up, path rnn%20 [x] Ü", folder="rnn%20 [x] Ü", python=_PYTHON),
    Row("set-up, PIP_USER=1", {"PIP_USER": "1"}, python=_PYTHON),
    Row("set-up, PIP_TARGET", {"PIP_TARGET": "{place}/target"}, python=_PYTHON),
)
ROWS = (*LOCALES, *CLOCKS, *PLACES, *LIMITS, *USERS, *STREAMS, *SETTINGS, *SETUPS)
