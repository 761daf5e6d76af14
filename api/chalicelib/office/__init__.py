"""The console's use cases for programs: what users may do, at /api/v1/office, a module an area.

A route is a line of a table, and a function that is given the `OfficeRequest`: who asks (`by`), the
ports, the query and the body, which were read by the route's models, and `part`, what stands in the
path. What the function gives is the answer; a body made by `versioned` is sent with its ETag.

    ROUTES = (
        Route("GET", "/trunks", list_trunks, (office.list_trunks,), "List", page_of(Trunk)),
        Route(
            "PATCH",
            "/trunks/{trunk}",
            change_trunk,
            (office.find_trunk, office.change_trunk),
            "Change what is named of a trunk",
            Trunk,
            body=TrunkChanges,
            example={"enabled": False},
            refused_with=(409,),
            versioned=True,
        ),
    )

    def change_trunk(request: OfficeRequest) -> Body:
        name, asked = request.part("trunk"), request.body
        request.check_version(trunk_shown(office.find_trunk(request.ports, request.by, name)))
        ...

A route names the use cases that it calls: whoever lacks a right that one of them needs is refused
before anything is read, and again by the use case. 400, 401, 403, 404 and 412 are documented by
themselves, other refusals where the route names them. Prices that the role hides are taken out by
`hide`, by the names of their fields.

To add a route: the use case in switchboard/desk/office; the models, where what is not named is
refused, every text has a length, and no name is of two; the function; the line. A new area has its
module in `AREAS` of table.py, a new name in a path its pattern in `PARTS` of bodies.py. The example
of a route is what tests/unit/test_api_office_routes.py sends with every role and without a token;
what its path names is furnished in tests/fakes/office.py.
"""
