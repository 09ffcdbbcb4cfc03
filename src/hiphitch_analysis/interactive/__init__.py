"""What can be dragged and slid in a notebook; where no kernel moves it, it shows as a still picture with one sentence."""
