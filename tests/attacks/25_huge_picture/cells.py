# %% before check_rnn_step_stacked
from IPython.display import Image, display

print("the attack ran", flush=True)
data = b"\x89PNG\r\n\x1a\n" + bytes(300 * 2**20)
try:
    display(Image(data))
except Exception as error:
    print(type(error).__name__)
print("the attack ran")
