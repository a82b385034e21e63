"""Every write and decision on plans: kinds and plans, activities, collective activities; imports in `rules.imports`."""
