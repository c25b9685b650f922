"""What is said of a kind of change: what it is about, and what to ask of what stands there."""

KINDS: dict[str, tuple[str, str]] = {
    "operator": (
        "two quantities in it are put together in another way than they should be",
        "Say in words what is done to the two: should they be added, subtracted, multiplied, "
        "or is it a product of matrices?",
    ),
    "assign": (
        "it overwrites where it should add up, or the other way round",
        "If this line runs a second time, what should be left of the first?",
    ),
    "turned": (
        "two sides of an operation in it are turned round",
        "Does it matter which of the two stands first, and which one should?",
    ),
    "sign": ("a sign in it is turned", "Is this a step towards, or away from? Work it out for 1."),
    "transpose": (
        "an array in it lies the wrong way round: something is, or is not, transposed",
        "Write the shape of each part below it. Which axis should be summed over?",
    ),
    "dropped": (
        "a term or a factor in it is one too many",
        "Does each part belong here? Say for each one why it does.",
    ),
    "axis": (
        "an axis in it is another one",
        "What does each axis mean here, and which of them should be gone afterwards?",
    ),
    "index": (
        "an index in it points elsewhere",
        "Write down for the first and the last round which element it takes.",
    ),
    "bounds": (
        "it begins, ends or counts elsewhere",
        "Which is the first that should be taken, which the last, and in which order?",
    ),
    "number": ("a number in it is another one", "Where does this number come from?"),
    "comparison": (
        "a comparison in it is another one",
        "What should happen just at the limit, just below it, and just above?",
    ),
    "branch": (
        "a condition in it decides the wrong way",
        "For which inputs should it be one, for which the other?",
    ),
    "power": (
        "a square, a root, a factor of two or a “one minus” in it is missing",
        "Derive this line once more with pen and paper: which power, and what is taken from 1?",
    ),
    "wrapped": (
        "a function in it is missing, or is one too many",
        "What has to be done to this value before it is used, and what has been done already?",
    ),
    "name": (
        "a name in it stands where another one belongs",
        "Say in words what this name holds at that moment. Is it what the formula asks for?",
    ),
    "order": (
        "two things in it are in each other's place",
        "In which order are they asked for, and in which do they stand?",
    ),
    "function": (
        "a function in it is another one",
        "What does this function do, and what should be done?",
    ),
    "carry": (
        "what it begins with, or goes on with, is not what it should be",
        "What is in this name in the first round, and what should be in it in the second?",
    ),
    "too much": (
        "it does something that should not be done",
        "What would happen if this were not there?",
    ),
    "moved": (
        "it stands in the wrong place: too early, too late, inside or outside of a loop",
        "How often should this run, and after what?",
    ),
    "copy": (
        "an array is changed, or shared, that should be left alone",
        "How many arrays are there, and who else holds this one?",
    ),
    "statement": (
        "a step is missing there",
        "What has been computed by then, and what is still to be done with it?",
    ),
    "missing": (
        "something is missing in it: a term, a factor or a value",
        "Which quantities of the formula occur here, and which do not?",
    ),
}
