"""What is wrong with one database: its schema, what PUBLIC may do, and the people who work in it."""

from collections.abc import Iterator

import psycopg

from iduo_desktop.admin.doctor_finding import Finding
from iduo_desktop.admin.upgrade import latest_revision

UPGRADE = "iduo-admin database upgrade (con las mismas opciones)"

# What the query finds, what that means, what mends it; {0} is the name found.
OPEN_TO_ALL = (
    (
        "public databases",
        """SELECT quote_ident(d.datname) FROM pg_database d
           WHERE d.datname IN (current_database(), 'postgres', 'template1')
             AND has_database_privilege('public', d.oid, 'CONNECT, TEMP')""",
        "Cualquier usuario puede entrar a la base {0} o crear tablas temporales en ella.",
        "REVOKE ALL ON DATABASE {0} FROM PUBLIC;",
    ),
    (
        "public schemas",
        """SELECT quote_ident(n.nspname) FROM pg_namespace n WHERE n.nspname IN ('public', 'iduo', 'audit', 'api')
           AND has_schema_privilege('public', n.oid, 'USAGE, CREATE')""",
        "El esquema {0} está abierto a cualquier usuario.",
        "REVOKE ALL ON SCHEMA {0} FROM PUBLIC;",
    ),
    (
        "public languages",
        """SELECT quote_ident(l.lanname) FROM pg_language l WHERE l.lanpltrusted
           AND has_language_privilege('public', l.oid, 'USAGE')""",
        "Cualquier usuario puede escribir programas en {0} dentro de la base.",
        "REVOKE USAGE ON LANGUAGE {0} FROM PUBLIC;",
    ),
    (
        "public functions",
        """SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
             AND (p.proname ~ '^(pg_advisory|pg_try_advisory|lo_|pg_sleep)' OR p.proname ~ '_to_xml' OR p.proname
                  IN ('loread', 'lowrite', 'pg_notify', 'pg_logical_emit_message', 'pg_export_snapshot'))
             AND has_function_privilege('public', p.oid, 'EXECUTE') ORDER BY 1""",
        "Con {0} una sola sesión puede trabar a las demás o dejar cosas guardadas.",
        "REVOKE EXECUTE ON FUNCTION {0} FROM PUBLIC;",
    ),
    (
        "public own functions",
        """SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE n.nspname IN ('iduo', 'audit', 'api') AND has_function_privilege('public', p.oid, 'EXECUTE')
             AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = p.oid AND x.deptype = 'e') ORDER BY 1""",
        "Cualquier usuario puede ejecutar {0}.",
        "REVOKE EXECUTE ON FUNCTION {0} FROM PUBLIC;",
    ),
    (
        "tables of people",
        """SELECT DISTINCT format('%s FROM %s', c.oid::regclass,
                                  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
           WHERE n.nspname IN ('iduo', 'audit', 'api') AND c.relkind IN ('r', 'v', 'm', 'p', 'S')
             AND a.grantee <> c.relowner AND a.grantee NOT IN (SELECT r.oid FROM pg_roles r WHERE r.rolname
                 IN ('iduo_owner', 'iduo_audit', 'iduo_useradmin', 'iduo_search', 'iduo_guard')) ORDER BY 1""",
        "Alguien tiene permisos directos sobre una tabla: {0}.",
        "REVOKE ALL ON {0};",
    ),
    (
        "row security",
        """SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname IN ('iduo', 'audit') AND c.relkind = 'r' AND c.relname <> 'alembic_version'
             AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1""",
        "La tabla {0} no tiene permisos por fila.",
        "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
    ),
    (
        "owners",
        """SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'iduo' AND c.relkind IN ('r', 'v', 'm', 'p')
             AND c.relowner::regrole::text <> 'iduo_owner' ORDER BY 1""",
        "El dueño de la tabla {0} no es iduo_owner.",
        "ALTER TABLE {0} OWNER TO iduo_owner;",
    ),
)

PEOPLE = (
    (
        "members with SET",
        """SELECT format('%I FROM %I GRANTED BY %s', g.rolname, m.rolname, a.grantor::regrole) FROM pg_auth_members a
             JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
           WHERE g.rolname ~ '^iduo_' AND a.set_option AND NOT m.rolsuper ORDER BY 1""",
        "Alguien puede actuar como un grupo entero (SET ROLE): {0}.",
        "REVOKE SET OPTION FOR {0};",
    ),
    (
        "members of owners",
        """SELECT format('%I FROM %I GRANTED BY %s', g.rolname, m.rolname, a.grantor::regrole) FROM pg_auth_members a
             JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
           WHERE g.rolname IN ('iduo_owner', 'iduo_audit', 'iduo_useradmin', 'iduo_search') AND NOT m.rolsuper
           ORDER BY 1""",
        "Alguien es miembro de un rol dueño: {0}.",
        "REVOKE {0};",
    ),
    (
        "nested groups",
        """SELECT format('%I FROM %I GRANTED BY %s', g.rolname, m.rolname, a.grantor::regrole) FROM pg_auth_members a
             JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
           WHERE g.rolname IN ('iduo_operator', 'iduo_coordinator', 'iduo_admin', 'iduo_answerer')
             AND m.rolname IN ('iduo_user', 'iduo_operator', 'iduo_coordinator', 'iduo_admin', 'iduo_answerer')
           ORDER BY 1""",
        "Un grupo contiene a otro, y los roles dejan de sumarse de a uno: {0}.",
        "REVOKE {0};",
    ),
    (
        "people's attributes",
        """SELECT quote_ident(r.rolname) FROM iduo.staff s JOIN pg_roles r ON r.rolname = s.login
           WHERE NOT s.service
             AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls) ORDER BY 1""",
        "El usuario {0} puede más de lo que necesita.",
        "ALTER ROLE {0} NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;",
    ),
    (
        "people's connections",
        """SELECT quote_ident(r.rolname) FROM iduo.staff s JOIN pg_roles r ON r.rolname = s.login
           WHERE r.rolconnlimit NOT BETWEEN 1 AND 4 AND NOT s.login ^@ 'iduo_' ORDER BY 1""",
        "El usuario {0} puede abrir más de 4 conexiones.",
        "ALTER ROLE {0} CONNECTION LIMIT 4;",
    ),
    (
        "disabled people",
        """SELECT quote_ident(r.rolname) FROM iduo.staff s JOIN pg_roles r ON r.rolname = s.login
           WHERE NOT s.active AND r.rolcanlogin ORDER BY 1""",
        "El usuario {0} está desactivado, pero todavía puede entrar.",
        "ALTER ROLE {0} NOLOGIN;",
    ),
    (
        "people without login",
        """SELECT s.login FROM iduo.staff s
           WHERE s.active AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = s.login) ORDER BY 1""",
        "El usuario {0} figura en la base, pero no existe en el servidor (¿se restauró sin los roles?).",
        "pg_dumpall --roles-only en el servidor de origen, o desactivalo y dalo de alta con otro nombre.  ({0})",
    ),
    (
        "nobody to administer",
        """SELECT 'ningún administrador' WHERE NOT EXISTS (
             SELECT FROM iduo.staff s JOIN pg_roles r ON r.rolname = s.login
             WHERE s.active AND r.rolcanlogin AND pg_has_role(r.oid, 'iduo_admin', 'USAGE'))""",
        "No hay {0} que pueda entrar.",
        "iduo-admin staff add USUARIO --name «Nombre y apellido» --role administrador",
    ),
)


def database_findings(connection: psycopg.Connection, name: str) -> list[Finding]:
    """Everything about the database that the connection is in."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        mend = f"pg_dump, y de nuevo: CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0;"
        return [Finding("encoding", f"La base guarda los textos en {encoding}; hace falta UTF8.", mend)]
    schema = list(_schema(connection))
    if schema:
        return schema
    return [finding for check in (*OPEN_TO_ALL, *PEOPLE) for finding in _found(connection, *check)]


def _schema(connection: psycopg.Connection) -> Iterator[Finding]:
    if connection.execute("SELECT to_regclass('iduo.alembic_version')").fetchone() == (None,):
        yield Finding("schema", "La base está vacía: no tiene las tablas de iduo.", UPGRADE)
        return
    row = connection.execute("SELECT max(version_num) FROM iduo.alembic_version").fetchone()
    there, wanted = (row[0] if row else None), latest_revision()
    if there != wanted:
        yield Finding("schema", f"La base está en la versión {there} y este programa usa la {wanted}.", UPGRADE)


def _found(connection: psycopg.Connection, check: str, query: str, problem: str, mend: str) -> Iterator[Finding]:
    for (what,) in connection.execute(query.encode()):
        yield Finding(check, problem.format(what), mend.format(what))
