"""Parts of the HTML pages: layout, views, claims, data for scripts, assets."""
