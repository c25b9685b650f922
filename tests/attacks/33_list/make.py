path.write_text("[]")
