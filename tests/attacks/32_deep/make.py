path.write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")
