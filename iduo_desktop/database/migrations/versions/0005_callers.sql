SET LOCAL ROLE iduo_owner;

ALTER TABLE iduo.company
    ADD COLUMN management_unit TEXT DEFAULT '' NOT NULL CONSTRAINT company_management_unit_length_check CHECK (length(management_unit) <= 40),
    ADD COLUMN unit_key TEXT GENERATED ALWAYS AS (iduo.fold(management_unit)) STORED NOT NULL CONSTRAINT company_unit_key_length_check CHECK (length(unit_key) <= 100),
    ADD COLUMN unit_digits TEXT GENERATED ALWAYS AS (ltrim(regexp_replace(management_unit, '\D', '', 'g'), '0')) STORED NOT NULL CONSTRAINT company_unit_digits_length_check CHECK (length(unit_digits) <= 40);
CREATE INDEX company_unit_digits_index ON iduo.company (unit_digits) WHERE unit_digits <> '';
CREATE INDEX company_unit_index ON iduo.company (unit_key COLLATE "C") WHERE unit_key <> '';

CREATE TABLE iduo.contact (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    company_id BIGINT,
    surname TEXT DEFAULT '' NOT NULL CONSTRAINT contact_surname_length_check CHECK (length(surname) <= 120),
    names TEXT DEFAULT '' NOT NULL CONSTRAINT contact_names_length_check CHECK (length(names) <= 120),
    document_type TEXT DEFAULT 'none' NOT NULL CONSTRAINT contact_document_type_word_check CHECK (document_type IN ('none', 'dni', 'cuit', 'other')),
    document TEXT DEFAULT '' NOT NULL CONSTRAINT contact_document_length_check CHECK (length(document) <= 20),
    birth_date DATE CONSTRAINT contact_birth_date_range_check CHECK (birth_date BETWEEN '1900-01-01' AND '2999-12-31'),
    note TEXT DEFAULT '' NOT NULL CONSTRAINT contact_note_length_check CHECK (length(note) <= 2000),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    key UUID,
    payload_hash BYTEA,
    person TEXT GENERATED ALWAYS AS (CASE WHEN surname = '' AND names = '' THEN document WHEN names = '' THEN upper(surname) WHEN surname = '' THEN names ELSE upper(surname) || ', ' || names END) STORED NOT NULL CONSTRAINT contact_person_length_check CHECK (length(person) <= 400),
    person_key TEXT GENERATED ALWAYS AS (iduo.sort_key(CASE WHEN surname = '' AND names = '' THEN document WHEN names = '' THEN upper(surname) WHEN surname = '' THEN names ELSE upper(surname) || ', ' || names END)) STORED NOT NULL CONSTRAINT contact_person_key_length_check CHECK (length(person_key) <= 700),
    search_text TEXT GENERATED ALWAYS AS (' ' || iduo.fold(surname || ' ' || names)) STORED NOT NULL CONSTRAINT contact_search_text_length_check CHECK (length(search_text) <= 500),
    CONSTRAINT contact_pkey PRIMARY KEY (id),
    CONSTRAINT contact_document_form_check CHECK (document ~ '^[0-9A-Z]*$'),
    CONSTRAINT contact_somebody_check CHECK (surname <> '' OR names <> '' OR document <> ''),
    CONSTRAINT contact_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT contact_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT contact_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT contact_key_key UNIQUE (key)
);
CREATE INDEX contact_company_index ON iduo.contact (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX contact_document_index ON iduo.contact (document COLLATE "C") WHERE document <> '';
CREATE INDEX contact_search_index ON iduo.contact USING gin (search_text iduo.gin_trgm_ops);

CREATE TABLE iduo.contact_phone (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    contact_id BIGINT NOT NULL,
    typed TEXT NOT NULL CONSTRAINT contact_phone_typed_length_check CHECK (length(typed) <= 60),
    e164 TEXT CONSTRAINT contact_phone_e164_length_check CHECK (length(e164) <= 20),
    search_key TEXT DEFAULT '' NOT NULL CONSTRAINT contact_phone_search_key_length_check CHECK (length(search_key) <= 20),
    kind TEXT DEFAULT '' NOT NULL CONSTRAINT contact_phone_kind_length_check CHECK (length(kind) <= 20),
    valid BOOLEAN NOT NULL,
    removed BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT contact_phone_pkey PRIMARY KEY (id),
    CONSTRAINT contact_phone_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id)
);
CREATE INDEX contact_phone_contact_index ON iduo.contact_phone (contact_id);
CREATE INDEX contact_phone_search_index ON iduo.contact_phone (search_key COLLATE "C");

CREATE TABLE iduo.contact_email (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    contact_id BIGINT NOT NULL,
    address TEXT NOT NULL CONSTRAINT contact_email_address_length_check CHECK (length(address) <= 254),
    valid BOOLEAN NOT NULL,
    removed BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT contact_email_pkey PRIMARY KEY (id),
    CONSTRAINT contact_email_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id)
);
CREATE INDEX contact_email_address_index ON iduo.contact_email (lower(address) COLLATE "C");
CREATE INDEX contact_email_contact_index ON iduo.contact_email (contact_id);

CREATE TABLE iduo.assistant (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL CONSTRAINT assistant_name_length_check CHECK (length(name) <= 120),
    whatsapp TEXT DEFAULT '' NOT NULL CONSTRAINT assistant_whatsapp_length_check CHECK (length(whatsapp) <= 60),
    e164 TEXT CONSTRAINT assistant_e164_length_check CHECK (length(e164) <= 20),
    email TEXT DEFAULT '' NOT NULL CONSTRAINT assistant_email_length_check CHECK (length(email) <= 254),
    CONSTRAINT assistant_pkey PRIMARY KEY (id)
);

CREATE TABLE iduo.assistant_role (
    key TEXT NOT NULL CONSTRAINT assistant_role_key_length_check CHECK (length(key) <= 40),
    label TEXT NOT NULL CONSTRAINT assistant_role_label_length_check CHECK (length(label) <= 120),
    position SMALLINT NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT assistant_role_pkey PRIMARY KEY (key),
    CONSTRAINT assistant_role_label_key UNIQUE (label)
);

CREATE TABLE iduo.company_assistant (
    company_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    assistant_id BIGINT NOT NULL,
    CONSTRAINT company_assistant_pkey PRIMARY KEY (company_id, role),
    CONSTRAINT company_assistant_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT company_assistant_role_fkey FOREIGN KEY(role) REFERENCES iduo.assistant_role (key),
    CONSTRAINT company_assistant_assistant_id_fkey FOREIGN KEY(assistant_id) REFERENCES iduo.assistant (id)
);
CREATE INDEX company_assistant_assistant_index ON iduo.company_assistant (assistant_id);

CREATE TABLE iduo.call (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    direction TEXT NOT NULL CONSTRAINT call_direction_word_check CHECK (direction IN ('inbound', 'outbound')),
    state TEXT NOT NULL CONSTRAINT call_state_word_check CHECK (state IN ('planned', 'held', 'not_held')),
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL CONSTRAINT call_starts_at_range_check CHECK (starts_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    ended_at TIMESTAMP WITH TIME ZONE CONSTRAINT call_ended_at_range_check CHECK (ended_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    by TEXT NOT NULL,
    caller TEXT DEFAULT '' NOT NULL CONSTRAINT call_caller_length_check CHECK (length(caller) <= 60),
    e164 TEXT CONSTRAINT call_e164_length_check CHECK (length(e164) <= 20),
    search_key TEXT DEFAULT '' NOT NULL CONSTRAINT call_search_key_length_check CHECK (length(search_key) <= 20),
    ivr_option SMALLINT,
    company_keyed TEXT DEFAULT '' NOT NULL CONSTRAINT call_company_keyed_length_check CHECK (length(company_keyed) <= 40),
    pbx_id TEXT DEFAULT '' NOT NULL CONSTRAINT call_pbx_id_length_check CHECK (length(pbx_id) <= 120),
    outcome TEXT CONSTRAINT call_outcome_word_check CHECK (outcome IN ('message', 'answer', 'insisted', 'assistant', 'informed', 'hung_up', 'silent', 'wrong_number', 'test')),
    note TEXT DEFAULT '' NOT NULL CONSTRAINT call_note_length_check CHECK (length(note) <= 2000),
    key UUID NOT NULL,
    payload_hash BYTEA NOT NULL,
    CONSTRAINT call_pkey PRIMARY KEY (id),
    CONSTRAINT call_ivr_option_range_check CHECK (ivr_option BETWEEN 0 AND 99),
    CONSTRAINT call_order_check CHECK (ended_at >= starts_at),
    CONSTRAINT call_outcome_check CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT call_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT call_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT call_key_key UNIQUE (key)
);
CREATE INDEX call_by_index ON iduo.call (by, starts_at);
CREATE INDEX call_pbx_index ON iduo.call (by, pbx_id, starts_at) WHERE pbx_id <> '';

-- forced row security would keep rows from the owner
RESET ROLE;
INSERT INTO iduo.assistant_role (key, label, position) VALUES
    ('functional', 'Asistente funcional', 1), ('administrative', 'Asistente administrativo', 2), ('commercial', 'Asistente comercial', 3),
    ('billing', 'Asistente de facturación y cuentas corrientes', 4);
INSERT INTO iduo.transition (entity, before, after) VALUES ('call', 'planned', 'held'), ('call', 'planned', 'not_held');
