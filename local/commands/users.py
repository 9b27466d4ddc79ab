"""users: who belongs to the tenant and can sign in."""

from argparse import ArgumentTypeError, Namespace

from local.commands.arguments import Subparsers, add_command, home_of, write
from local.errors import LocalError
from local.login.second_factor import enrollment_uri
from local.members import ROLES, add_member
from local.people import Account, People
from local.stack import Stack


def add(commands: Subparsers) -> None:
    about = "Add people, or tell how somebody signs in."
    parser = commands.add_parser("users", help=about, description=about)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    adding = add_command(
        actions, "add", run_add, about="Let a person sign in and belong to the tenant; prints a password."
    )
    adding.add_argument("email", metavar="EMAIL", type=address)
    adding.add_argument("--role", choices=ROLES, default="viewer", help="(default: %(default)s)")
    adding.add_argument("--totp", action="store_true", help="ask for a code of an authenticator app as well")
    telling = add_command(
        actions, "password", run_password, about="Print the password of somebody who was added or invited."
    )
    telling.add_argument("email", metavar="EMAIL", type=address)
    resetting = add_command(
        actions,
        "forget-totp",
        run_forget_totp,
        about="Ask for the password alone again, e.g. when a phone is lost.",
    )
    resetting.add_argument("email", metavar="EMAIL", type=address)


def address(text: str) -> str:
    name, at, domain = text.strip().rpartition("@")
    if not (name and at and "." in domain) or any(character.isspace() for character in text.strip()):
        raise ArgumentTypeError(f"{text} is not an e-mail address")
    return text


def run_add(arguments: Namespace) -> None:
    with Stack(home_of(arguments)) as stack:
        account = add_member(stack, arguments.email, role=arguments.role, with_totp=arguments.totp)
    write(f"{account.email} can sign in as {arguments.role} with the password {account.password}")
    if account.totp_key:
        write(f"key for the authenticator app: {account.totp_key} ({enrollment_uri(account)})")


def run_password(arguments: Namespace) -> None:
    """No mail leaves this machine, so this is how an invited person learns it."""
    write(_known(arguments).password)


def run_forget_totp(arguments: Namespace) -> None:
    account = _known(arguments)
    People(home_of(arguments)).replace_totp_key(account.sub, None)
    write(f"{account.email} signs in by the password alone")


def _known(arguments: Namespace) -> Account:
    account = People(home_of(arguments)).find(arguments.email)
    if account is None:
        raise LocalError(f"nobody signs in as {arguments.email}")
    return account
