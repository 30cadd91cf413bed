-- What must never be true of a database of ours: one row (lint, finding) for each breach, none when all is well.
-- Run by a superuser, after an upgrade, by the doctor and by the tests; changes nothing.
WITH owners AS (
    SELECT oid, rolname FROM pg_catalog.pg_roles WHERE rolname IN ('iduo_owner', 'iduo_audit', 'iduo_useradmin', 'iduo_search')
), strangers AS (  -- whoever may have EXECUTE on functions of the door, and nothing else
    SELECT oid, rolname::text FROM pg_catalog.pg_roles
    WHERE NOT rolsuper AND rolname <> 'pg_database_owner' AND oid NOT IN (SELECT oid FROM owners)
    UNION ALL VALUES (0::oid, 'PUBLIC')
), people AS (
    SELECT r.* FROM pg_catalog.pg_roles r JOIN iduo.staff s ON s.login = r.rolname AND NOT s.service
), functions AS (
    SELECT p.*, n.nspname, n.nspname || '.' || p.proname AS name, regexp_replace(p.prosrc, '--[^\n]*', '', 'g') AS body
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('iduo', 'api', 'audit')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
), door AS (
    SELECT f.*, split_part((regexp_match(f.body, '\mBEGIN\M\s*(.*)$'))[1], ';', 1) AS first_statement,
           (regexp_match(f.body, '\mDECLARE\M(.*?)\mBEGIN\M'))[1] AS declarations
    FROM functions f WHERE f.nspname = 'api'
), allowed AS (  -- who may call a function of the door, by its own words
    SELECT d.oid, 'iduo_' || CASE w[1] WHEN 'newcomer' THEN 'user' ELSE w[1] END AS role
    FROM door d, regexp_matches(d.first_statement, '''(\w+)''', 'g') w
), tables AS (
    SELECT c.*, n.nspname, n.nspname || '.' || c.relname AS name FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('iduo', 'api', 'audit') AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
), columns AS (
    SELECT t.name || '.' || a.attname AS name, t.oid AS table_oid, a.attnum, a.attname, a.atttypid::regtype::text AS type, a.atttypmod, a.attgenerated, a.atthasdef,
           ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_catalog.pg_constraint k
                 WHERE k.conrelid = t.oid AND k.contype = 'c' AND k.convalidated AND k.conkey @> ARRAY[a.attnum]) AS checks,
           EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'f' AND k.conkey @> ARRAY[a.attnum]) AS refers
    FROM tables t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
), policies AS (
    SELECT p.oid, p.polpermissive, t.name || '.' || p.polname AS name,
           concat(pg_get_expr(p.polqual, p.polrelid), ' ', pg_get_expr(p.polwithcheck, p.polrelid)) AS rule, p.polrelid
    FROM pg_catalog.pg_policy p JOIN tables t ON t.oid = p.polrelid
), triggers AS (
    SELECT t.tgrelid, t.tgfoid::regproc::text AS function, t.tgtype::integer AS type FROM pg_catalog.pg_trigger t
    WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
), unaudited(name) AS (  -- the feed itself, what is its own log, leases, heartbeats, who was in, the queue of the gateway, and the lines of a
    -- list that comes in whole: the list itself is audited, and tells the workstations
    VALUES ('iduo.change'), ('iduo.receipt'), ('iduo.presence'), ('iduo.talk'), ('iduo.no_contact_number'), ('iduo.outbox'), ('iduo.heartbeat'), ('iduo.attendance'), ('iduo.guard_event'), ('iduo.chat_presence'), ('audit.entry'), ('audit.seal')
)
SELECT 'search_path' AS lint, f.name || ' runs in the caller''s search_path' AS finding FROM functions f
    WHERE NOT coalesce(f.proconfig @> '{"search_path=\"\""}', false) AND f.prokind = 'f'
UNION ALL SELECT 'gate', d.name || ' does not begin with iduo.require' FROM door d
    WHERE d.first_statement IS NULL OR d.first_statement !~ '^PERFORM iduo\.require\((''\w+''(, )?)+\)$'
UNION ALL SELECT 'gate', d.name || ' asks ' || w[1] || ' before the gate' FROM door d, regexp_matches(d.declarations, 'iduo\.(\w+)\(', 'g') w
    WHERE w[1] <> 'hash'
UNION ALL SELECT 'door', d.name || ' is not plpgsql, a definer, with a lock_timeout, of one of our owners' FROM door d
    WHERE NOT d.prosecdef OR d.prolang <> (SELECT oid FROM pg_catalog.pg_language WHERE lanname = 'plpgsql')
       OR d.proowner NOT IN (SELECT oid FROM owners) OR array_to_string(d.proconfig, ' ') !~ '\mlock_timeout=([1-9]|[12]\d|30)s'
UNION ALL SELECT 'door', d.name || ' has a parameter that does not begin with p_: ' || a.name FROM door d,
    unnest(d.proargnames, d.proargmodes) AS a(name, mode) WHERE coalesce(a.mode, 'i') = 'i' AND a.name !~ '^p_'
UNION ALL SELECT 'overload', d.name || ' exists more than once' FROM door d GROUP BY d.name HAVING count(*) > 1
UNION ALL SELECT 'grants', d.name || ' is for ' || coalesce(y.roles, 'nobody') || ' by its gate, and granted to ' || coalesce(x.roles, 'nobody')
    FROM door d,
    LATERAL (SELECT string_agg(a.role, ' ' ORDER BY a.role) AS roles FROM allowed a WHERE a.oid = d.oid) y,
    LATERAL (SELECT string_agg(s.rolname, ' ' ORDER BY s.rolname) AS roles FROM aclexplode(coalesce(d.proacl, acldefault('f', d.proowner))) a
             JOIN strangers s ON s.oid = a.grantee) x
    WHERE x.roles IS DISTINCT FROM y.roles
UNION ALL SELECT 'grants', f.name || ' may be called by ' || s.rolname FROM functions f,
    aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a JOIN strangers s ON s.oid = a.grantee WHERE f.nspname <> 'api'
UNION ALL SELECT 'grants', 'new functions of ' || o.rolname || ' may be called by PUBLIC' FROM owners o
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_default_acl d WHERE d.defaclrole = o.oid AND d.defaclobjtype = 'f' AND d.defaclnamespace = 0
                      AND NOT EXISTS (SELECT FROM aclexplode(d.defaclacl) a WHERE a.grantee = 0))
UNION ALL SELECT 'rights', s.rolname || ' has ' || a.privilege_type || ' on ' || c.oid::regclass FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname IN ('iduo', 'api', 'audit', 'public'),
    aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) a
    JOIN strangers s ON s.oid = a.grantee
UNION ALL SELECT 'rights', s.rolname || ' has ' || a.privilege_type || ' on a column of ' || t.attrelid::regclass FROM pg_catalog.pg_attribute t,
    aclexplode(t.attacl) a JOIN strangers s ON s.oid = a.grantee WHERE t.attrelid IN (SELECT oid FROM tables)
UNION ALL SELECT 'rights', s.rolname || ' has ' || a.privilege_type || ' on schema ' || n.nspname FROM pg_catalog.pg_namespace n,
    aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a JOIN strangers s ON s.oid = a.grantee
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT (n.nspname = 'api' AND s.rolname IN ('iduo_user', 'iduo_guard', 'iduo_gateway', 'iduo_job', 'iduo_chat') AND a.privilege_type = 'USAGE')
UNION ALL SELECT 'rights', o.rolname || ' may still make things in schema ' || n.nspname FROM pg_catalog.pg_namespace n,
    aclexplode(n.nspacl) a JOIN owners o ON o.oid = a.grantee
    WHERE n.nspname IN ('api', 'iduo', 'audit') AND a.privilege_type = 'CREATE' AND o.oid <> n.nspowner
UNION ALL SELECT 'view', c.oid::regclass || ' is a view or something like it' FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname IN ('iduo', 'api', 'audit', 'public') WHERE c.relkind IN ('v', 'm', 'f')
UNION ALL SELECT 'length', c.name || ' (' || c.type || ') can be endless' FROM columns c
    WHERE c.type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'xml', 'text[]', 'jsonb[]') AND c.atttypmod < 0 AND NOT c.refers
      AND array_to_string(c.checks, E'\n') !~ ('(length|octet_length)\(\(*"?' || c.attname || '"?\)?(::text)?\)* (<=|=) \d'
          || '|\("?' || c.attname || '"? = ANY \(ARRAY\[|\("?' || c.attname || '"? = ''|"?' || c.attname || '"? ~ ''\^[^+*]*\{\d,\d+\}\$')
UNION ALL SELECT 'finite', c.name || ' (' || c.type || ') can be infinite, or after the year 9999' FROM columns c
    WHERE c.type IN ('date', 'numeric', 'double precision', 'real', 'timestamp with time zone')
      AND c.attgenerated = '' AND NOT (c.type ^@ 'timestamp' AND c.atthasdef)
      AND array_to_string(c.checks, E'\n') !~ ('"?' || c.attname || '"? >= .*"?' || c.attname || '"? <= ')
UNION ALL SELECT 'row security', t.name || ' is not under forced row security' FROM tables t WHERE NOT (t.relrowsecurity AND t.relforcerowsecurity)
UNION ALL SELECT 'row security', t.name || ' has no policy' FROM tables t WHERE NOT EXISTS (SELECT FROM policies p WHERE p.polrelid = t.oid)
UNION ALL SELECT 'policy', p.name || ' calls ' || d.refobjid::regprocedure FROM policies p JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass
UNION ALL SELECT 'policy', p.name || ' reads ' || d.refobjid::regclass FROM policies p JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> p.polrelid
UNION ALL SELECT 'policy', p.name || ' does not ask who it is' FROM policies p
    WHERE p.polpermissive AND (p.rule !~ '\mSESSION_USER\M' OR p.rule ~ '\mCURRENT_USER\M')
UNION ALL SELECT 'audit', t.name || ' is not audited' FROM tables t
    WHERE t.name NOT IN (SELECT name FROM unaudited)  -- 1 row, 4 insert, 8 delete, 16 update; neither before (2) nor instead (64)
      AND NOT EXISTS (SELECT FROM triggers g WHERE g.tgrelid = t.oid AND g.function = 'audit.record' AND g.type = 1 + 4 + 8 + 16)
UNION ALL SELECT 'audit', n.name || ' can be changed afterwards' FROM (VALUES ('audit.entry'), ('audit.seal'), ('iduo.receipt')) AS n(name)
    WHERE NOT EXISTS (SELECT FROM triggers g WHERE g.tgrelid = n.name::regclass AND g.function = 'audit.never' AND g.type = 1 + 2 + 8 + 16)
       OR NOT EXISTS (SELECT FROM triggers g WHERE g.tgrelid = n.name::regclass AND g.function = 'audit.never' AND g.type = 2 + 32)
UNION ALL SELECT 'personal', coalesce(c.name, p.name) || CASE WHEN p.name IS NULL THEN ' is neither listed as personal nor as not personal'
        WHEN c.name IS NULL THEN ' is listed as personal or not, and is not there' ELSE ' is listed twice' END
    FROM (SELECT t.nspname || '.' || split_part(c.name, '.', 2) || '.' || c.attname AS name FROM columns c JOIN tables t ON t.oid = c.table_oid
          WHERE c.type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'xml', 'text[]', 'jsonb[]', 'tsvector', 'inet') AND NOT c.refers) c
    FULL JOIN (SELECT CASE WHEN x.name IN ('entry', 'seal') THEN 'audit.' ELSE 'iduo.' END || x.name || '.' || ltrim(k, '!') AS name, count(*) AS times
               FROM audit.personal() x, unnest(x.marked || x.emptied || x.derived || x.other) k GROUP BY 1) p ON p.name = c.name
    WHERE p.name IS NULL OR p.times > 1 OR c.name IS NULL AND NOT EXISTS (SELECT FROM columns o WHERE o.name = p.name)
UNION ALL SELECT 'feed', t.name || ' does not tell the workstations of every ' || e.name FROM tables t, (VALUES (4, 'insert'), (8, 'delete'), (16, 'update')) AS e(type, name)
    WHERE t.name NOT IN (SELECT name FROM unaudited)
      AND NOT EXISTS (SELECT FROM triggers g WHERE g.tgrelid = t.oid AND g.function = 'iduo.note_change' AND g.type = e.type)
UNION ALL SELECT 'clock', f.name || ' takes the time of the transaction' FROM functions f
    WHERE f.body ~* '\m(now\(\)|current_timestamp|current_date|current_time|localtimestamp|localtime|transaction_timestamp|statement_timestamp)'
UNION ALL SELECT 'clock', d.adrelid::regclass || ' takes the time of the transaction' FROM pg_catalog.pg_attrdef d JOIN tables t ON t.oid = d.adrelid
    WHERE pg_get_expr(d.adbin, d.adrelid) ~* 'now\(\)|current_timestamp|current_date|localtimestamp'
UNION ALL SELECT 'identity', f.name || ' asks current_user, which is its owner' FROM functions f WHERE f.body ~* '\mcurrent_(user|role)\M'
UNION ALL SELECT 'catalogue', p.oid::regprocedure || ' may be called by PUBLIC' FROM pg_catalog.pg_proc p,
    aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0 AND p.pronamespace = 'pg_catalog'::regnamespace
    AND p.proname = ANY (string_to_array('cursor_to_xml cursor_to_xmlschema database_to_xml database_to_xml_and_xmlschema database_to_xmlschema '
        'lo_close lo_creat lo_create lo_export lo_from_bytea lo_get lo_import lo_lseek lo_lseek64 lo_open lo_put lo_tell lo_tell64 lo_truncate '
        'lo_truncate64 lo_unlink loread lowrite pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all '
        'pg_advisory_unlock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_export_snapshot pg_logical_emit_message pg_ls_dir pg_notify '
        'pg_read_binary_file pg_read_file pg_reload_conf pg_rotate_logfile pg_sleep pg_sleep_for pg_sleep_until pg_stat_file pg_stat_reset '
        'pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared query_to_xml '
        'query_to_xml_and_xmlschema query_to_xmlschema schema_to_xml schema_to_xml_and_xmlschema schema_to_xmlschema table_to_xml '
        'table_to_xml_and_xmlschema table_to_xmlschema', ' '))
UNION ALL SELECT 'language', 'anybody may write code in ' || l.lanname FROM pg_catalog.pg_language l,
    aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a WHERE l.lanpltrusted AND a.grantee = 0
UNION ALL SELECT 'extension', e.extname || ' is installed' FROM pg_catalog.pg_extension e WHERE e.extname NOT IN ('plpgsql', 'pg_trgm')
UNION ALL SELECT 'membership', pg_get_userbyid(m.member) || ' may become ' || pg_get_userbyid(m.roleid) FROM pg_catalog.pg_auth_members m
    WHERE m.set_option AND pg_get_userbyid(m.roleid) ^@ 'iduo_'
UNION ALL SELECT 'membership', pg_get_userbyid(m.member) || ' hands out ' || pg_get_userbyid(m.roleid) FROM pg_catalog.pg_auth_members m
    JOIN pg_catalog.pg_roles r ON r.oid = m.member AND NOT r.rolsuper
    WHERE m.admin_option AND r.rolname <> 'iduo_useradmin' AND (pg_get_userbyid(m.roleid) ^@ 'iduo_' OR m.roleid IN (SELECT oid FROM people))
UNION ALL SELECT 'membership', r.rolname || ' is a member of ' || pg_get_userbyid(m.roleid) FROM pg_catalog.pg_auth_members m
    JOIN pg_catalog.pg_roles r ON r.oid = m.member AND NOT r.rolsuper
    WHERE CASE WHEN r.oid IN (SELECT oid FROM people) THEN pg_get_userbyid(m.roleid) NOT IN ('iduo_operator', 'iduo_coordinator', 'iduo_admin', 'iduo_answerer')
               WHEN r.rolname IN ('iduo_operator', 'iduo_coordinator', 'iduo_admin', 'iduo_answerer') THEN pg_get_userbyid(m.roleid) <> 'iduo_user'
               WHEN r.rolname IN ('iduo_useradmin', 'iduo_guard') THEN m.inherit_option AND pg_get_userbyid(m.roleid) NOT IN ('pg_read_all_stats', 'pg_signal_backend')
               ELSE r.rolname ^@ 'iduo_' END
UNION ALL SELECT 'role', r.rolname || ' can log in, or is more than an owner' FROM pg_catalog.pg_roles r JOIN owners o USING (oid)
    WHERE r.rolcanlogin OR r.rolsuper OR r.rolreplication OR r.rolcreatedb OR r.rolcreaterole <> (r.rolname = 'iduo_useradmin')
       OR r.rolbypassrls <> (r.rolname = 'iduo_search')
UNION ALL SELECT 'role', p.rolname || ' is more than a person' FROM people p
    WHERE p.rolsuper OR p.rolcreaterole OR p.rolcreatedb OR p.rolreplication OR p.rolbypassrls OR p.rolconnlimit NOT BETWEEN 1 AND 4
UNION ALL SELECT 'role', r.rolname || ' can log in, or is more than a role' FROM pg_catalog.pg_roles r
    WHERE r.rolname IN ('iduo_user', 'iduo_operator', 'iduo_coordinator', 'iduo_admin', 'iduo_answerer')
      AND (r.rolcanlogin OR r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)
UNION ALL SELECT 'database', d.datname || ' is open to PUBLIC (' || a.privilege_type || ')' FROM pg_catalog.pg_database d,
    aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE a.grantee = 0 AND d.datname IN ('postgres', 'template1', current_database())
UNION ALL SELECT 'database', s.rolname || ' has ' || a.privilege_type || ' on the database' FROM pg_catalog.pg_database d,
    aclexplode(d.datacl) a JOIN strangers s ON s.oid = a.grantee
    WHERE d.datname = current_database() AND NOT (a.privilege_type = 'CONNECT' AND s.rolname IN ('iduo_user', 'iduo_guard', 'iduo_gateway', 'iduo_job', 'iduo_chat'))
ORDER BY 1, 2
