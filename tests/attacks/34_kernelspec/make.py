import json
import os

whole = json.dumps(notebook)  # noqa: F821
path = folder / f"{name}.ipynb"  # noqa: F821

notebook["metadata"] = {  # noqa: F821
    "kernelspec": {"name": "../../evil", "display_name": "Bash", "language": "bash",
                   "argv": ["sh", "-c", f"touch {canary}/34"]},  # noqa: F821
    "language_info": {"name": "bash", "nbconvert_exporter": "autograder.cli"},
}
path.write_text(json.dumps(notebook))  # noqa: F821
