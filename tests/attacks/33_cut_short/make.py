path.write_text(whole[: len(whole) // 2])
