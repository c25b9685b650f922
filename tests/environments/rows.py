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
        Words before each command.
    folder : str
        Name of the course folder.
    prepared : str
        Shell commands that run in `place` first. If one fails, this machine cannot try the row.
    refused : str
        Words of the sentence that must come instead of marks, with exit code 2.
    python : str
        Runs `make demo` with it, in a copy of the checkout without an environment.
    """

    name: str
    environment: Mapping[str, str | None] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    folder: str = "course"
    prepared: str = ""
    refused: str = ""
    python: str = ""


def _shell(script: str) -> tuple[str, ...]:
    """Return words that put a command behind `script`, which calls it as ``"$@"``."""
    return ("bash", "-c", script, "bash")


def _seen(*arguments: str) -> tuple[str, ...]:
    """Return words that show a command another view of the system."""
    return ("bwrap", "--dev-bind", "/", "/", *arguments, "--")


def _read_only(folder: str) -> tuple[str, ...]:
    return _seen("--ro-bind", folder, folder)


def _user(number: str) -> tuple[str, ...]:
    """Return words that run a command as another user, in a namespace that knows no third one."""
    return _seen("--unshare-user", "--uid", number, "--gid", number)


def _locale(language: str, charset: str) -> Row:
    """Return a row in a locale that is made for it; without UTF-8 mode, which would hide it."""
    name = f"{language}.{charset}"
    made = f"mkdir locales; localedef -i {language} -f {charset} locales/{name}"
    setting = {"LOCPATH": "{place}/locales", "LC_ALL": name, "PYTHONUTF8": "0"}
    return Row(f"locale {name}", setting, prepared=made)


def _clock(time: str) -> Row:
    """Return a row whose clock is wrong; bubblewrap cannot be started with what makes it so."""
    wrapper = r"""printf '#!/bin/sh\nexec env -u LD_PRELOAD %s "$@"\n' "$(type -P bwrap)" """
    made = f"faketime -f +0 true; mkdir bin; {wrapper} >bin/bwrap; chmod +x bin/bwrap"
    changed = _shell(f'PATH="{{place}}/bin:$PATH" exec faketime "{time}" "$@"')
    return Row(f"clock at {time}", before=changed, prepared=made)


_ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
_LONG = "/".join(["a folder whose name is long " * 7] * 4)
_FULL = ("--perms", "0777", "--size", "65536", "--tmpfs")

#: Variables, and the values that each is given in turn.
VARIABLES: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("LC_ALL",): ("", "C", "POSIX", "xx_XX.UTF-8"),
    ("PYTHONIOENCODING",): ("latin-1", "ascii", "cp1252", "cp437", "utf-16"),
    ("TZ",): ("America/Los_Angeles", "America/St_Johns", "Asia/Kathmandu", "Europe/London"),
    ("TZ", "TERM"): ("nosuch", "", ":", "CEST-2", "PDT7", "dumb"),
    ("HOME",): ("", "{place}/missing", "/tmp/home", "home", "/dev/null"),
    ("TMPDIR", "PYTHONPYCACHEPREFIX", "MPLCONFIGDIR", "IPYTHONDIR"): ("{place}/missing", "tmp"),
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "COLUMNS"): ("1", "64", "-1", "nosuch"),
    ("PYTHONDONTWRITEBYTECODE", "PYTHONDEVMODE", "PYTHONSAFEPATH", "PYTHONHASHSEED"): ("1",),
    ("PYTHONINTMAXSTRDIGITS",): ("640",),
    ("PYTHONOPTIMIZE",): ("2",),
    ("PYTHONUTF8", "SOURCE_DATE_EPOCH"): ("0",),
    ("PYTHONWARNINGS",): ("error",),
    ("NO_COLOR", "FORCE_COLOR", "CI"): ("1",),
    ("MPLBACKEND",): ("TkAgg", "nosuch"),
    ("OPENBLAS_CORETYPE",): ("Prescott",),
    ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "JUPYTER_CONFIG_DIR"): ("/dev/null",),
    ("DISPLAY",): (":99",),
    ("LD_PRELOAD",): ("/nosuch.so",),
}
FOLDERS = (
    *("rnn%202026 [x] ?#", "a blank", "50%", "%41", "a#b", "a?b", "[x]", "{x}", "$HOME", "it's"),
    *('a "b"', "-x", "a:b", "a;b", "a\\b", "a*b", "~", "Übung 循環", "tail ", "new\nline"),
)
LIMITS = (
    *("nofile=64:64", "nofile=128:128", "nofile=1048576:1048576", "as=4294967296", "nproc=200"),
    *("fsize=1048576", "stack=262144", "stack=unlimited", "core=unlimited"),
)
STREAMS = {
    "stdin closed": 'exec "$@" <&-',
    "stdout closed": 'exec "$@" >&-',
    "stderr closed": 'exec "$@" 2>&-',
    "all streams closed": 'exec "$@" <&- >&- 2>&-',
    "a pipe that nobody reads": '"$@" | true; exit "${PIPESTATUS[0]}"',
}
ROWS = (
    *(
        Row(f"{name}={value}", {name: value})
        for names, values in VARIABLES.items()
        for name in names
        for value in values
    ),
    *(Row(f"without {name}", {name: None}) for name in ("HOME", "PATH", "TERM")),
    Row("ASCII throughout", _ASCII),
    *map(
        _locale,
        ("de_DE", "tr_TR", "tr_TR", "ja_JP"),
        ("ISO-8859-1", "UTF-8", "ISO-8859-9", "EUC-JP"),
    ),
    *map(_clock, ("1999-12-31 23:59:59", "2038-01-19 03:14:06", "2100-02-28 12:00:00")),
    *(Row(f"path {name}", folder=name) for name in FOLDERS),
    Row("path of 800 characters", folder=_LONG, refused="SQLite opens files of at most"),
    Row("HOME read-only", before=_read_only("{place}/home")),
    Row("TMPDIR long", {"TMPDIR": "{place}/" + "t" * 200}, prepared=f"mkdir {'t' * 200}"),
    Row("TMPDIR with a blank, %, Ü", {"TMPDIR": "{place}/a %Ü"}, prepared="mkdir 'a %Ü'"),
    Row("TMPDIR read-only", before=_read_only("{place}/tmp")),
    Row("TMPDIR full", before=_seen(*_FULL, "{place}/tmp"), refused="full"),
    Row("course full", before=_seen(*_FULL, "{course}/course"), refused="full"),
    Row("course read-only", before=_read_only("{course}"), refused="read-only"),
    Row("checkout read-only", before=_read_only("{root}")),
    *(Row(f"umask {m}", before=_shell(f'umask {m}; exec "$@"')) for m in ("000", "027", "077")),
    *(Row(f"limit {limit}", before=("prlimit", f"--{limit}", "--")) for limit in LIMITS),
    Row("one processor", before=("taskset", "-c", "0")),
    Row("nice 19", before=("nice", "-n", "19")),
    Row("ordinary user", before=_user("1234")),
    Row("root without others", before=_user("0"), refused="bubblewrap does not work here"),
    Row("without network", before=_seen("--unshare-net")),
    Row("minimal PATH", {"PATH": "{place}/b"}, prepared='mkdir b; ln -s "$(type -P bwrap)" b'),
    Row("without bubblewrap", {"PATH": "{place}/home"}, refused="bubblewrap is missing"),
    Row("PYTHONPATH that shadows", {"PYTHONPATH": "{place}"}, prepared="echo 1/0 >numpy.py"),
    *(Row(name, before=_shell(script)) for name, script in STREAMS.items()),
    Row("a terminal", before=_shell('script -qefc "$(printf "%q " "$@")" /dev/null')),
    *(Row(f"Python 3.{minor}", python=f"python3.{minor}") for minor in (11, 12, 13, 14)),
    Row("set-up, umask 077", before=_shell('umask 077; exec "$@"'), python="python3"),
    Row("set-up, path rnn%20 [x] Ü", folder="rnn%20 [x] Ü", python="python3"),
    Row("set-up, PIP_USER=1", {"PIP_USER": "1"}, python="python3"),
    Row("set-up, PIP_TARGET", {"PIP_TARGET": "{place}/target"}, python="python3"),
)
#: Six of the rows above, which have nothing to do with one another, in one run.
SEVERAL = Row(
    "several at once",
    {
        "PYTHONIOENCODING": "latin-1",
        "PYTHONWARNINGS": "error",
        "TZ": "America/Los_Angeles",
        "HOME": None,
    },
    before=_shell('umask 077; exec "$@"'),
    folder=FOLDERS[0],
)
#: What `make test` tries: possible on every machine with a sandbox.
QUICK = (SEVERAL, *(r for r in ROWS if r.name in ("course read-only", "without bubblewrap")))
