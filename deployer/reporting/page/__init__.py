"""A picture as one self-contained HTML page: no script, nothing loaded from anywhere."""

from deployer.reporting.page.drawing import draw_page, to_html

__all__ = ["draw_page", "to_html"]
