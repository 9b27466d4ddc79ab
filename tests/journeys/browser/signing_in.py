"""What everybody does first."""

from playwright.sync_api import Page, expect

from local.people import Account


def sign_in(page: Page, account: Account) -> None:
    """On the page that the application sent the browser to."""
    page.get_by_label("E-mail address").fill(account.email)
    page.get_by_label("Password").fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner")).to_be_visible()
