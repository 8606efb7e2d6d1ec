"""News for people: in the site, by mail at once, or in a daily digest, as each of them chose."""
