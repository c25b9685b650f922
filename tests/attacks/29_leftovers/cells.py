# %% before check_rnn_step_stacked
import os

places = ("/tmp", "/dev/shm", os.path.expanduser("~"), os.getcwd(), "/var/tmp", "/sandbox")
paths = [os.path.join(place, "left-for-you") for place in places]
print(["found " + path for path in paths if os.path.exists(path)])
for path in paths:
    try:
        with open(path, "w") as file:
            file.write("answers")
    except OSError as error:
        print(error)
print("the attack ran")
