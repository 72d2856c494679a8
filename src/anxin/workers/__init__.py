"""Workers, their papers, skills and time; a worker's time is booked here and nowhere else."""
