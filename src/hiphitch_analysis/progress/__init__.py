"""Training log and analysed sessions → where the athlete stands and what comes next."""
