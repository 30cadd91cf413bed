SET LOCAL ROLE iduo_owner;

CREATE TABLE iduo.company (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT company_kind_word_check CHECK (kind IN ('person', 'organisation')),
    surname TEXT DEFAULT '' NOT NULL CONSTRAINT company_surname_length_check CHECK (length(surname) <= 120),
    names TEXT DEFAULT '' NOT NULL CONSTRAINT company_names_length_check CHECK (length(names) <= 120),
    name TEXT DEFAULT '' NOT NULL CONSTRAINT company_name_length_check CHECK (length(name) <= 200),
    document TEXT DEFAULT '' NOT NULL CONSTRAINT company_document_length_check CHECK (length(document) <= 20),
    tax_id TEXT DEFAULT '' NOT NULL CONSTRAINT company_tax_id_length_check CHECK (length(tax_id) <= 20),
    plan TEXT DEFAULT '' NOT NULL CONSTRAINT company_plan_length_check CHECK (length(plan) <= 80),
    street TEXT DEFAULT '' NOT NULL CONSTRAINT company_street_length_check CHECK (length(street) <= 200),
    locality TEXT DEFAULT '' NOT NULL CONSTRAINT company_locality_length_check CHECK (length(locality) <= 120),
    province TEXT DEFAULT '' NOT NULL CONSTRAINT company_province_length_check CHECK (length(province) <= 80),
    service_status TEXT NOT NULL CONSTRAINT company_service_status_word_check CHECK (service_status IN ('active', 'suspended', 'delinquent', 'withdrawn')),
    status_since DATE CONSTRAINT company_status_since_range_check CHECK (status_since BETWEEN '1900-01-01' AND '2999-12-31'),
    cutoff_date DATE CONSTRAINT company_cutoff_date_range_check CHECK (cutoff_date BETWEEN '1900-01-01' AND '2999-12-31'),
    extended_until DATE CONSTRAINT company_extended_until_range_check CHECK (extended_until BETWEEN '1900-01-01' AND '2999-12-31'),
    debt NUMERIC(14, 2) CONSTRAINT company_debt_range_check CHECK (debt BETWEEN -999999999999.99 AND 999999999999.99),
    since DATE CONSTRAINT company_since_range_check CHECK (since BETWEEN '1900-01-01' AND '2999-12-31'),
    note TEXT DEFAULT '' NOT NULL CONSTRAINT company_note_length_check CHECK (length(note) <= 2000),
    corrected TEXT[] DEFAULT '{}' NOT NULL CONSTRAINT company_corrected_length_check CHECK (cardinality(corrected) <= 20 AND length(corrected::text) <= 8000),
    imported JSONB CONSTRAINT company_imported_length_check CHECK (octet_length(imported::text) <= 16000),
    version INTEGER DEFAULT '1' NOT NULL,
    client TEXT GENERATED ALWAYS AS (CASE WHEN kind = 'organisation' THEN name WHEN names = '' THEN upper(surname) WHEN surname = '' THEN names ELSE upper(surname) || ', ' || names END) STORED NOT NULL CONSTRAINT company_client_length_check CHECK (length(client) <= 330),
    client_key TEXT GENERATED ALWAYS AS (iduo.sort_key(CASE WHEN kind = 'organisation' THEN name WHEN names = '' THEN upper(surname) WHEN surname = '' THEN names ELSE upper(surname) || ', ' || names END)) STORED NOT NULL CONSTRAINT company_client_key_length_check CHECK (length(client_key) <= 700),
    search_text TEXT GENERATED ALWAYS AS (' ' || iduo.fold(surname || ' ' || names || ' ' || name)) STORED NOT NULL CONSTRAINT company_search_text_length_check CHECK (length(search_text) <= 500),
    CONSTRAINT company_pkey PRIMARY KEY (id),
    CONSTRAINT company_number_key UNIQUE (number)
);
CREATE INDEX company_document_index ON iduo.company (document COLLATE "C") WHERE document <> '';
CREATE INDEX company_search_index ON iduo.company USING gin (search_text iduo.gin_trgm_ops);
CREATE INDEX company_tax_id_index ON iduo.company (tax_id COLLATE "C") WHERE tax_id <> '';

CREATE TABLE iduo.contact_policy (
    purpose TEXT NOT NULL CONSTRAINT contact_policy_purpose_word_check CHECK (purpose IN ('service', 'collection', 'promotion')),
    window_days SMALLINT NOT NULL,
    weight_call NUMERIC(4, 2) NOT NULL CONSTRAINT contact_policy_weight_call_range_check CHECK (weight_call BETWEEN -99.99 AND 99.99),
    weight_whatsapp NUMERIC(4, 2) NOT NULL CONSTRAINT contact_policy_weight_whatsapp_range_check CHECK (weight_whatsapp BETWEEN -99.99 AND 99.99),
    weight_email NUMERIC(4, 2) NOT NULL CONSTRAINT contact_policy_weight_email_range_check CHECK (weight_email BETWEEN -99.99 AND 99.99),
    weight_sms NUMERIC(4, 2) NOT NULL CONSTRAINT contact_policy_weight_sms_range_check CHECK (weight_sms BETWEEN -99.99 AND 99.99),
    weight_chat NUMERIC(4, 2) NOT NULL CONSTRAINT contact_policy_weight_chat_range_check CHECK (weight_chat BETWEEN -99.99 AND 99.99),
    limit_1 SMALLINT NOT NULL,
    limit_2 SMALLINT NOT NULL,
    limit_3 SMALLINT NOT NULL,
    limit_4 SMALLINT NOT NULL,
    limit_5 SMALLINT NOT NULL,
    daily_limit SMALLINT,
    CONSTRAINT contact_policy_pkey PRIMARY KEY (purpose),
    CONSTRAINT contact_policy_window_check CHECK (window_days BETWEEN 1 AND 90),
    CONSTRAINT contact_policy_limits_check CHECK (limit_1 < limit_2 AND limit_2 < limit_3 AND limit_3 < limit_4 AND limit_4 < limit_5)
);

CREATE TABLE iduo.disposition (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    label TEXT NOT NULL CONSTRAINT disposition_label_length_check CHECK (length(label) <= 80),
    digit SMALLINT,
    position SMALLINT NOT NULL,
    reached BOOLEAN DEFAULT false NOT NULL,
    final BOOLEAN DEFAULT false NOT NULL,
    promise BOOLEAN DEFAULT false NOT NULL,
    callback BOOLEAN DEFAULT false NOT NULL,
    wrong_number BOOLEAN DEFAULT false NOT NULL,
    do_not_contact BOOLEAN DEFAULT false NOT NULL,
    lists TEXT[] DEFAULT '{}' NOT NULL CONSTRAINT disposition_lists_length_check CHECK (cardinality(lists) <= 4 AND length(lists::text) <= 8000),
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT disposition_pkey PRIMARY KEY (id),
    CONSTRAINT disposition_digit_check CHECK (digit BETWEEN 1 AND 9),
    CONSTRAINT disposition_label_key UNIQUE (label)
);

CREATE TABLE iduo.form (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    kind TEXT NOT NULL CONSTRAINT form_kind_word_check CHECK (kind IN ('closing', 'survey', 'contact_section', 'ticket')),
    title TEXT NOT NULL CONSTRAINT form_title_length_check CHECK (length(title) <= 120),
    active BOOLEAN DEFAULT true NOT NULL,
    key UUID,
    CONSTRAINT form_pkey PRIMARY KEY (id),
    CONSTRAINT form_key_key UNIQUE (key)
);
CREATE UNIQUE INDEX form_closing_index ON iduo.form (kind) WHERE kind = 'closing';

CREATE TABLE iduo.holiday (
    day DATE NOT NULL CONSTRAINT holiday_day_range_check CHECK (day BETWEEN '1900-01-01' AND '2999-12-31'),
    name TEXT NOT NULL CONSTRAINT holiday_name_length_check CHECK (length(name) <= 120),
    CONSTRAINT holiday_pkey PRIMARY KEY (day)
);

CREATE TABLE iduo.promotion (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    title TEXT NOT NULL CONSTRAINT promotion_title_length_check CHECK (length(title) <= 120),
    text TEXT NOT NULL CONSTRAINT promotion_text_length_check CHECK (length(text) <= 2000),
    valid_from DATE CONSTRAINT promotion_valid_from_range_check CHECK (valid_from BETWEEN '1900-01-01' AND '2999-12-31'),
    valid_until DATE CONSTRAINT promotion_valid_until_range_check CHECK (valid_until BETWEEN '1900-01-01' AND '2999-12-31'),
    plans TEXT[] DEFAULT '{}' NOT NULL CONSTRAINT promotion_plans_length_check CHECK (cardinality(plans) <= 50 AND length(plans::text) <= 8000),
    lists TEXT[] DEFAULT '{}' NOT NULL CONSTRAINT promotion_lists_length_check CHECK (cardinality(lists) <= 4 AND length(lists::text) <= 8000),
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT promotion_pkey PRIMARY KEY (id)
);

CREATE TABLE iduo.script (
    situation TEXT NOT NULL CONSTRAINT script_situation_length_check CHECK (length(situation) <= 60),
    part TEXT NOT NULL CONSTRAINT script_part_length_check CHECK (length(part) <= 40),
    position SMALLINT NOT NULL,
    meaning TEXT NOT NULL CONSTRAINT script_meaning_length_check CHECK (length(meaning) <= 200),
    shipped TEXT NOT NULL CONSTRAINT script_shipped_length_check CHECK (length(shipped) <= 1000),
    text TEXT NOT NULL CONSTRAINT script_text_length_check CHECK (length(text) <= 1000),
    CONSTRAINT script_pkey PRIMARY KEY (situation)
);

CREATE TABLE iduo.team (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL CONSTRAINT team_name_length_check CHECK (length(name) <= 80),
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT team_pkey PRIMARY KEY (id),
    CONSTRAINT team_name_key UNIQUE (name)
);

CREATE TABLE iduo.topic (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    label TEXT NOT NULL CONSTRAINT topic_label_length_check CHECK (length(label) <= 120),
    kind TEXT NOT NULL CONSTRAINT topic_kind_word_check CHECK (kind IN ('question', 'request', 'claim')),
    position SMALLINT NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT topic_pkey PRIMARY KEY (id),
    CONSTRAINT topic_label_key UNIQUE (label)
);

CREATE TABLE iduo.working_hours (
    weekday SMALLINT NOT NULL,
    opens TIME WITHOUT TIME ZONE,
    closes TIME WITHOUT TIME ZONE,
    CONSTRAINT working_hours_pkey PRIMARY KEY (weekday),
    CONSTRAINT working_hours_weekday_check CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT working_hours_order_check CHECK ((opens IS NULL) = (closes IS NULL) AND opens < closes)
);

CREATE TABLE iduo.company_email (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    company_id BIGINT NOT NULL,
    address TEXT NOT NULL CONSTRAINT company_email_address_length_check CHECK (length(address) <= 254),
    valid BOOLEAN NOT NULL,
    imported_as TEXT CONSTRAINT company_email_imported_as_length_check CHECK (length(imported_as) <= 254),
    removed BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT company_email_pkey PRIMARY KEY (id),
    CONSTRAINT company_email_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id)
);
CREATE INDEX company_email_company_index ON iduo.company_email (company_id);

CREATE TABLE iduo.company_phone (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    company_id BIGINT NOT NULL,
    typed TEXT NOT NULL CONSTRAINT company_phone_typed_length_check CHECK (length(typed) <= 60),
    e164 TEXT CONSTRAINT company_phone_e164_length_check CHECK (length(e164) <= 20),
    search_key TEXT DEFAULT '' NOT NULL CONSTRAINT company_phone_search_key_length_check CHECK (length(search_key) <= 20),
    kind TEXT DEFAULT '' NOT NULL CONSTRAINT company_phone_kind_length_check CHECK (length(kind) <= 20),
    valid BOOLEAN NOT NULL,
    imported_as TEXT CONSTRAINT company_phone_imported_as_length_check CHECK (length(imported_as) <= 60),
    removed BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT company_phone_pkey PRIMARY KEY (id),
    CONSTRAINT company_phone_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id)
);
CREATE INDEX company_phone_company_index ON iduo.company_phone (company_id);
CREATE INDEX company_phone_search_index ON iduo.company_phone (search_key COLLATE "C");

CREATE TABLE iduo.form_version (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    form_id INTEGER NOT NULL,
    state TEXT DEFAULT 'draft' NOT NULL CONSTRAINT form_version_state_word_check CHECK (state IN ('draft', 'published', 'retired')),
    published_at TIMESTAMP WITH TIME ZONE CONSTRAINT form_version_published_at_range_check CHECK (published_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT form_version_pkey PRIMARY KEY (id),
    CONSTRAINT form_version_form_id_fkey FOREIGN KEY(form_id) REFERENCES iduo.form (id)
);
CREATE UNIQUE INDEX form_version_draft_index ON iduo.form_version (form_id) WHERE state = 'draft';
CREATE UNIQUE INDEX form_version_published_index ON iduo.form_version (form_id) WHERE state = 'published';

CREATE TABLE iduo.staff (
    login TEXT NOT NULL CONSTRAINT staff_login_length_check CHECK (length(login) <= 40),
    full_name TEXT NOT NULL CONSTRAINT staff_full_name_length_check CHECK (length(full_name) <= 120),
    active BOOLEAN DEFAULT true NOT NULL,
    must_change_password BOOLEAN DEFAULT true NOT NULL,
    area_code TEXT DEFAULT '' NOT NULL CONSTRAINT staff_area_code_length_check CHECK (length(area_code) <= 5),
    team_id INTEGER,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    disabled_at TIMESTAMP WITH TIME ZONE CONSTRAINT staff_disabled_at_range_check CHECK (disabled_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT staff_pkey PRIMARY KEY (login),
    CONSTRAINT staff_login_form_check CHECK (login ~ '^[a-z][a-z0-9_.-]{0,39}$'),
    CONSTRAINT staff_team_id_fkey FOREIGN KEY(team_id) REFERENCES iduo.team (id)
);

CREATE TABLE iduo.extension (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    company_id BIGINT NOT NULL,
    until_date DATE NOT NULL CONSTRAINT extension_until_date_range_check CHECK (until_date BETWEEN '1900-01-01' AND '2999-12-31'),
    reason TEXT DEFAULT '' NOT NULL CONSTRAINT extension_reason_length_check CHECK (length(reason) <= 500),
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT extension_pkey PRIMARY KEY (id),
    CONSTRAINT extension_company_id_until_date_key UNIQUE (company_id, until_date),
    CONSTRAINT extension_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT extension_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);

CREATE TABLE iduo.form_field (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    version_id INTEGER NOT NULL,
    key TEXT NOT NULL CONSTRAINT form_field_key_length_check CHECK (length(key) <= 40),
    part TEXT DEFAULT 'closing' NOT NULL CONSTRAINT form_field_part_word_check CHECK (part IN ('closing', 'future')),
    label TEXT NOT NULL CONSTRAINT form_field_label_length_check CHECK (length(label) <= 120),
    kind TEXT NOT NULL CONSTRAINT form_field_kind_word_check CHECK (kind IN ('text', 'long_text', 'choice', 'several', 'number', 'money', 'date', 'time', 'yes_no', 'phone')),
    required BOOLEAN DEFAULT false NOT NULL,
    required_if_field TEXT CONSTRAINT form_field_required_if_field_length_check CHECK (length(required_if_field) <= 40),
    required_if_values TEXT[] DEFAULT '{}' NOT NULL CONSTRAINT form_field_required_if_values_length_check CHECK (cardinality(required_if_values) <= 100 AND length(required_if_values::text) <= 8000),
    options_if_field TEXT CONSTRAINT form_field_options_if_field_length_check CHECK (length(options_if_field) <= 40),
    help TEXT DEFAULT '' NOT NULL CONSTRAINT form_field_help_length_check CHECK (length(help) <= 300),
    max_length INTEGER DEFAULT '200' NOT NULL,
    position SMALLINT NOT NULL,
    CONSTRAINT form_field_pkey PRIMARY KEY (id),
    CONSTRAINT form_field_version_id_key_key UNIQUE (version_id, key),
    CONSTRAINT form_field_key_form_check CHECK (key ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT form_field_max_length_check CHECK (max_length BETWEEN 1 AND 4000),
    CONSTRAINT form_field_version_id_fkey FOREIGN KEY(version_id) REFERENCES iduo.form_version (id)
);

CREATE TABLE iduo.form_template (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    version_id INTEGER NOT NULL,
    digit SMALLINT NOT NULL,
    label TEXT NOT NULL CONSTRAINT form_template_label_length_check CHECK (length(label) <= 80),
    values JSONB NOT NULL CONSTRAINT form_template_values_length_check CHECK (octet_length(values::text) <= 8000),
    CONSTRAINT form_template_pkey PRIMARY KEY (id),
    CONSTRAINT form_template_version_id_digit_key UNIQUE (version_id, digit),
    CONSTRAINT form_template_digit_check CHECK (digit BETWEEN 1 AND 9),
    CONSTRAINT form_template_version_id_fkey FOREIGN KEY(version_id) REFERENCES iduo.form_version (id)
);

CREATE TABLE iduo.setting (
    name TEXT NOT NULL CONSTRAINT setting_name_length_check CHECK (length(name) <= 60),
    part TEXT NOT NULL CONSTRAINT setting_part_length_check CHECK (length(part) <= 40),
    position SMALLINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT setting_kind_word_check CHECK (kind IN ('number', 'text', 'yes_no', 'choice')),
    value JSONB NOT NULL CONSTRAINT setting_value_length_check CHECK (octet_length(value::text) <= 8000),
    shipped JSONB NOT NULL CONSTRAINT setting_shipped_length_check CHECK (octet_length(shipped::text) <= 8000),
    meaning TEXT DEFAULT '' NOT NULL CONSTRAINT setting_meaning_length_check CHECK (length(meaning) <= 500),
    minimum INTEGER,
    maximum INTEGER,
    choices TEXT[] DEFAULT '{}' NOT NULL CONSTRAINT setting_choices_length_check CHECK (cardinality(choices) <= 20 AND length(choices::text) <= 8000),
    changed_at TIMESTAMP WITH TIME ZONE CONSTRAINT setting_changed_at_range_check CHECK (changed_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    changed_by TEXT,
    CONSTRAINT setting_pkey PRIMARY KEY (name),
    CONSTRAINT setting_changed_by_fkey FOREIGN KEY(changed_by) REFERENCES iduo.staff (login)
);

CREATE TABLE iduo.form_option (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    field_id INTEGER NOT NULL,
    key TEXT NOT NULL CONSTRAINT form_option_key_length_check CHECK (length(key) <= 40),
    label TEXT NOT NULL CONSTRAINT form_option_label_length_check CHECK (length(label) <= 120),
    digit SMALLINT,
    parents TEXT[] DEFAULT '{}' NOT NULL CONSTRAINT form_option_parents_length_check CHECK (cardinality(parents) <= 100 AND length(parents::text) <= 8000),
    lists TEXT[] DEFAULT '{}' NOT NULL CONSTRAINT form_option_lists_length_check CHECK (cardinality(lists) <= 4 AND length(lists::text) <= 8000),
    active BOOLEAN DEFAULT true NOT NULL,
    position SMALLINT NOT NULL,
    CONSTRAINT form_option_pkey PRIMARY KEY (id),
    CONSTRAINT form_option_field_id_key_key UNIQUE (field_id, key),
    CONSTRAINT form_option_key_form_check CHECK (key ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT form_option_field_id_fkey FOREIGN KEY(field_id) REFERENCES iduo.form_field (id)
);
