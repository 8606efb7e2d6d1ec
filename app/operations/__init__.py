"""For those who run the installation: lab servers, maintenance, quotas, checks, figures."""
