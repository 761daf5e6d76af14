"""The console of operators, at /admin: a module for each area, with its pages and forms.

A page is a function that is given the `Console`: who asks (`console.by`), the ports, the query,
and `show`, which puts a template into the shell. A form is a function that says what it asks for
and what is done with it; `ask` does the rest: it shows the form, reads it, shows it again with
everything that was entered and what is wrong beside each field, and asks once before a dangerous
deed, since the form says what it will do.

    def add_to(pages: Pages) -> None:
        pages.show("/admin/trunks", list_trunks)
        pages.ask("/admin/trunks/{name}/remove", remove)

    def list_trunks(console: Console) -> Response:
        trunks = office.list_trunks(console.ports, console.by)
        return console.show("admin/trunks.html", title=mark("Trunks"), trunks=trunks)

    def remove(console: Console) -> Response:
        name = console.part("name")

        def act(_entered: Entered) -> Response:
            office.remove_trunk(console.ports, console.by, name)
            return console.go("/admin/trunks", console.say(mark("%(name)s is gone."), name=name))

        form = AskFor(mark("Remove this trunk"), mark("Remove"), danger=True, text=mark("…"))
        return ask(console, form, act)

To add a page: write the use case in switchboard/desk/office with the right that it `needs` (no page
checks rights); the function here; its template under templates/admin, out of the macros in
`lists.html` and `parts.html`; an entry in navigation.py, shown to those who have its right; and the
module in `PARTS` of factory.py. tests/unit/test_admin_routes.py then asks each address with every
role, without a visit and without a form token. Texts are English, in `mark` or in the template.
"""
