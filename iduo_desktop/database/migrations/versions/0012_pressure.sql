SET LOCAL ROLE iduo_owner;

ALTER TABLE iduo.contact_policy ADD COLUMN weekly_limit SMALLINT,
    ADD COLUMN gap_hours SMALLINT DEFAULT '0' NOT NULL,
    ADD COLUMN holidays_quiet BOOLEAN DEFAULT false NOT NULL,
    ADD CONSTRAINT contact_policy_weekly_limit_check CHECK (weekly_limit BETWEEN 1 AND 999),
    ADD CONSTRAINT contact_policy_gap_hours_check CHECK (gap_hours BETWEEN 0 AND 720);

CREATE TABLE iduo.quiet_hours (
    purpose TEXT NOT NULL CONSTRAINT quiet_hours_purpose_word_check CHECK (purpose IN ('service', 'collection', 'promotion')),
    weekday SMALLINT NOT NULL,
    starts SMALLINT NOT NULL,
    ends SMALLINT NOT NULL,
    CONSTRAINT quiet_hours_pkey PRIMARY KEY (purpose, weekday, starts),
    CONSTRAINT quiet_hours_weekday_check CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT quiet_hours_minutes_check CHECK (starts BETWEEN 0 AND 1439 AND ends BETWEEN 1 AND 1440 AND starts < ends)
);

CREATE TABLE iduo.no_contact_list (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL CONSTRAINT no_contact_list_name_length_check CHECK (length(name) <= 120),
    purpose TEXT NOT NULL CONSTRAINT no_contact_list_purpose_word_check CHECK (purpose IN ('', 'service', 'collection', 'promotion')),
    as_of TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT no_contact_list_as_of_range_check CHECK (as_of BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    entries INTEGER DEFAULT '0' NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    CONSTRAINT no_contact_list_pkey PRIMARY KEY (id),
    CONSTRAINT no_contact_list_name_key UNIQUE (name),
    CONSTRAINT no_contact_list_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);

CREATE TABLE iduo.no_contact_number (
    search_key TEXT NOT NULL CONSTRAINT no_contact_number_search_key_length_check CHECK (length(search_key) <= 254),
    list_id INTEGER NOT NULL,
    CONSTRAINT no_contact_number_pkey PRIMARY KEY (search_key, list_id),
    CONSTRAINT no_contact_number_list_id_fkey FOREIGN KEY(list_id) REFERENCES iduo.no_contact_list (id)
);

CREATE TABLE iduo.no_contact (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    address TEXT NOT NULL CONSTRAINT no_contact_address_length_check CHECK (length(address) <= 254),
    search_key TEXT NOT NULL CONSTRAINT no_contact_search_key_length_check CHECK (length(search_key) <= 254),
    channel TEXT NOT NULL CONSTRAINT no_contact_channel_word_check CHECK (channel IN ('', 'call', 'whatsapp', 'email', 'sms', 'chat')),
    purpose TEXT NOT NULL CONSTRAINT no_contact_purpose_word_check CHECK (purpose IN ('', 'service', 'collection', 'promotion')),
    origin TEXT DEFAULT '' NOT NULL CONSTRAINT no_contact_origin_length_check CHECK (length(origin) <= 200),
    until TIMESTAMP WITH TIME ZONE CONSTRAINT no_contact_until_range_check CHECK (until BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    attempt_id BIGINT,
    removed_at TIMESTAMP WITH TIME ZONE CONSTRAINT no_contact_removed_at_range_check CHECK (removed_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    removed_by TEXT,
    removed_reason TEXT DEFAULT '' NOT NULL CONSTRAINT no_contact_removed_reason_length_check CHECK (length(removed_reason) <= 500),
    CONSTRAINT no_contact_pkey PRIMARY KEY (id),
    CONSTRAINT no_contact_removed_check CHECK ((removed_at IS NULL) = (removed_by IS NULL)),
    CONSTRAINT no_contact_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT no_contact_attempt_id_fkey FOREIGN KEY(attempt_id) REFERENCES iduo.attempt (id),
    CONSTRAINT no_contact_removed_by_fkey FOREIGN KEY(removed_by) REFERENCES iduo.staff (login)
);
CREATE INDEX no_contact_attempt_index ON iduo.no_contact (attempt_id) WHERE attempt_id IS NOT NULL;
CREATE INDEX no_contact_search_index ON iduo.no_contact (search_key COLLATE "C") WHERE removed_at IS NULL;

CREATE TABLE iduo.talk (
    login TEXT NOT NULL,
    company_id BIGINT,
    contact_id BIGINT,
    search_key TEXT DEFAULT '' NOT NULL CONSTRAINT talk_search_key_length_check CHECK (length(search_key) <= 254),
    channel TEXT NOT NULL CONSTRAINT talk_channel_word_check CHECK (channel IN ('call', 'whatsapp', 'email', 'sms', 'chat')),
    since TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT talk_until_range_check CHECK (until BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT talk_pkey PRIMARY KEY (login),
    CONSTRAINT talk_login_fkey FOREIGN KEY(login) REFERENCES iduo.staff (login),
    CONSTRAINT talk_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT talk_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id)
);

-- contacts by the number that was used and by the person who was meant; purpose is filled below, then demanded
ALTER TABLE iduo.attempt
    ADD COLUMN search_key TEXT DEFAULT '' NOT NULL CONSTRAINT attempt_search_key_length_check CHECK (length(search_key) <= 254),
    ADD COLUMN contact_id BIGINT CONSTRAINT attempt_contact_id_fkey REFERENCES iduo.contact (id),
    ADD COLUMN purpose TEXT CONSTRAINT attempt_purpose_word_check CHECK (purpose IN ('service', 'collection', 'promotion'));
-- what happened stays as it was told: nothing is audited, nobody is told
ALTER TABLE iduo.attempt DISABLE TRIGGER USER;

-- forced row security would keep rows from the owner
RESET ROLE;
UPDATE iduo.attempt a SET contact_id = c.contact_id,
    purpose = CASE WHEN a.promotion_id IS NOT NULL THEN 'promotion' ELSE (SELECT s.value #>> '{}' FROM iduo.setting s WHERE s.name = 'contact_purpose') END,
    search_key = CASE WHEN strpos(a.address, '@') > 0 THEN lower(btrim(a.address)) WHEN a.address = '' THEN '' ELSE coalesce(
        (SELECT f.search_key FROM iduo.company_phone f WHERE f.company_id = a.company_id AND a.address IN (f.e164, f.typed) LIMIT 1),
        (SELECT f.search_key FROM iduo.contact_phone f WHERE f.contact_id = c.contact_id AND a.address IN (f.e164, f.typed) LIMIT 1),
        (SELECT CASE WHEN length(d.digits) >= 6 THEN right(regexp_replace(d.digits, '^0*(?:549?|9)?(?=\d{10}$)', ''), 10) ELSE '' END
         FROM (SELECT regexp_replace(a.address, '[^0-9]', '', 'g') AS digits) d)) END
FROM iduo.case c WHERE c.id = a.case_id;

SET LOCAL ROLE iduo_owner;
ALTER TABLE iduo.attempt ENABLE TRIGGER USER;
ALTER TABLE iduo.attempt ALTER COLUMN purpose SET NOT NULL;
DROP INDEX iduo.attempt_pressure_index;
CREATE INDEX attempt_pressure_contact_index ON iduo.attempt (contact_id, at) INCLUDE (channel, id)
    WHERE direction = 'outbound' AND undone_at IS NULL AND counted AND contact_id IS NOT NULL;
CREATE INDEX attempt_pressure_index ON iduo.attempt (company_id, at) INCLUDE (channel, id)
    WHERE direction = 'outbound' AND undone_at IS NULL AND counted;
CREATE INDEX attempt_pressure_number_index ON iduo.attempt (search_key COLLATE "C", at) INCLUDE (channel, id)
    WHERE direction = 'outbound' AND undone_at IS NULL AND counted AND search_key <> '';
CREATE INDEX ticket_told_company_index ON iduo.ticket (company_id, communicated_at) WHERE state = 'communicated' AND company_id IS NOT NULL;
CREATE INDEX ticket_told_contact_index ON iduo.ticket (contact_id, communicated_at) WHERE state = 'communicated' AND contact_id IS NOT NULL;
CREATE INDEX ticket_told_phone_index ON iduo.ticket (phone_key COLLATE "C", communicated_at) WHERE state = 'communicated' AND phone_key <> '';

RESET ROLE;
-- what the law usually asks for: there, and switched off until an administrator says so
INSERT INTO iduo.setting (name, part, position, kind, value, shipped, choices, meaning) VALUES
    ('quiet_hours_on', 'Casos', 300, 'yes_no', 'false', 'false', '{}', 'En los horarios no permitidos de cada finalidad no se contacta a nadie, salvo con un motivo');
INSERT INTO iduo.quiet_hours (purpose, weekday, starts, ends)
SELECT p, d, starts, ends FROM unnest(ARRAY['collection', 'promotion']) p, (
    SELECT d, h.starts, h.ends FROM generate_series(1, 5) d, (VALUES (0, 480), (1200, 1440)) AS h(starts, ends)
    UNION ALL VALUES (6, 0, 540), (6, 780, 1440), (7, 0, 1440)) AS q(d, starts, ends);
