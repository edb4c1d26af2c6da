"""The REST face of Blangko: JSON in, a call of `inventory`, its answer or its error back as JSON.

`app` builds it, `config` reads the environment, `auth` says who asks, `blueprint` declares a route with its permission,
`problems` turns errors into RFC 9457, `fields` and `paging` are shared; each feature has `routes.py` and `schemas.py`.
"""
