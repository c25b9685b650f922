notebook["metadata"] = {
    "kernelspec": {"name": "../../evil", "display_name": "Bash", "language": "bash",
                   "argv": ["sh", "-c", f"touch {canary}/34"]},
    "language_info": {"name": "bash", "nbconvert_exporter": "autograder.cli"},
}
write()
