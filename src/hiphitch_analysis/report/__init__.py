"""Tables → figures and pages: one function per figure, fragments of HTML, and a notebook turned into one self-contained file."""
