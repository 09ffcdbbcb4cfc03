"""What the hip abductors have to do: body, moment, muscle and joint force, dose, fatigue."""
