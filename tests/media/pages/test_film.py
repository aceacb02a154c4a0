"""Films on pages: they lie beside the page, and their names cannot break out of it."""

from frameloom.media.pages.page import Page


def test_a_film_lies_beside_the_page_whatever_its_name() -> None:
    page = Page("Films").section("One").film('a "film" & more.mp4', poster="a.jpg", caption="A <film>.")
    html = page.html()
    assert 'src="a%20%22film%22%20%26%20more.mp4" poster="a.jpg"></video>' in html
    assert "A &lt;film&gt;." in html
    assert "poster=" not in Page("Films").film("a.mp4").html()
