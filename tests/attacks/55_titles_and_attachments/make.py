tag = "</title><script>document.title='PWNED'</script>"
notebook["metadata"].update(title=tag, authors=[{"name": tag}], language_info={"name": tag})
for cell in notebook["cells"]:
    cell["metadata"].update(tags=[tag], name=tag, slideshow={"slide_type": tag})
    if cell["cell_type"] != "code":
        cell["attachments"] = {tag: {"image/svg+xml": "<svg onload=document.title='PWNED'/>"}}
write()
