-- Two clients who share a number, one that was taken away, one that is nobody's; a person who was made one with another.
INSERT INTO iduo.staff (login, full_name) VALUES ('nobody', 'Nadie');
INSERT INTO iduo.company (id, number, kind, surname, service_status) OVERRIDING SYSTEM VALUE
VALUES (1, 1, 'person', 'Uno', 'delinquent'), (2, 2, 'person', 'Dos', 'delinquent');
INSERT INTO iduo.contact (id, company_id, surname, merged_into, by) OVERRIDING SYSTEM VALUE
VALUES (11, 1, 'Once', NULL, 'nobody'), (21, NULL, 'Veintiuno', NULL, 'nobody'), (22, NULL, 'Veintidós', 21, 'nobody');
INSERT INTO iduo.company_phone (company_id, typed, search_key, valid, removed) VALUES
    (1, '1', '3410000001', true, false), (1, '2', '3410000002', true, false), (1, '3', '3410000003', true, true),
    (2, '1', '3410000001', true, false), (2, '6', '3410000006', false, false);
INSERT INTO iduo.company_email (company_id, address, valid) VALUES (1, 'Uno@Correo.example', true);
INSERT INTO iduo.contact_phone (contact_id, typed, search_key, valid) VALUES
    (11, '4', '3410000004', true), (21, '5', '3410000005', true);
INSERT INTO iduo.contact_email (contact_id, address, valid) VALUES (21, 'veintiuno@correo.example', true);
INSERT INTO iduo.case (id, company_id, contact_id, list, opened_by) OVERRIDING SYSTEM VALUE VALUES
    (1, 1, NULL, 'delinquent', 'nobody'), (2, 1, NULL, 'suspended', 'nobody'), (3, 2, NULL, 'delinquent', 'nobody'),
    (4, NULL, 21, 'active', 'nobody');
INSERT INTO iduo.call (id, direction, state, starts_at, by, key, payload_hash) OVERRIDING SYSTEM VALUE
VALUES (1000000, 'inbound', 'held', '2026-01-01 UTC', 'nobody', gen_random_uuid(), sha256(''));
