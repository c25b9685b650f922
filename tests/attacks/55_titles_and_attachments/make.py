import json

path = folder / f"{name}.ipynb"  # noqa: F821
tag = "</title><script>document.title='PWNED'</script>"
notebook["metadata"].update(title=tag, authors=[{"name": tag}], language_info={"name": tag})  # noqa: F821
for cell in notebook["cells"]:  # noqa: F821
    cell["metadata"].update(tags=[tag], name=tag, slideshow={"slide_type": tag})
    if cell["cell_type"] != "code":
        cell["attachments"] = {tag: {"image/svg+xml": "<svg onload=document.title='PWNED'/>"}}
path.write_text(json.dumps(notebook))  # noqa: F821
