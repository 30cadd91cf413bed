SET LOCAL ROLE iduo_owner;

CREATE TABLE iduo.ticket (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    number BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 100001),
    state TEXT DEFAULT 'open' NOT NULL CONSTRAINT ticket_state_word_check CHECK (state IN ('open', 'awaiting_answer', 'awaiting_communication', 'communicated')),
    kind TEXT NOT NULL CONSTRAINT ticket_kind_word_check CHECK (kind IN ('question', 'request', 'claim')),
    channel TEXT NOT NULL CONSTRAINT ticket_channel_word_check CHECK (channel IN ('phone', 'chat', 'outbound')),
    ivr_option SMALLINT,
    caller_kind TEXT NOT NULL CONSTRAINT ticket_caller_kind_word_check CHECK (caller_kind IN ('client', 'prospect', 'other')),
    topic_id INTEGER,
    topic TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_topic_length_check CHECK (length(topic) <= 120),
    call_id BIGINT,
    company_id BIGINT,
    company_number BIGINT,
    company TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_company_length_check CHECK (length(company) <= 330),
    contact_id BIGINT,
    surname TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_surname_length_check CHECK (length(surname) <= 120),
    names TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_names_length_check CHECK (length(names) <= 120),
    document TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_document_length_check CHECK (length(document) <= 20),
    phone TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_phone_length_check CHECK (length(phone) <= 60),
    phone_e164 TEXT CONSTRAINT ticket_phone_e164_length_check CHECK (length(phone_e164) <= 20),
    phone_key TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_phone_key_length_check CHECK (length(phone_key) <= 20),
    email TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_email_length_check CHECK (length(email) <= 254),
    insisted_reason TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_insisted_reason_length_check CHECK (length(insisted_reason) <= 500),
    provisional TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_provisional_length_check CHECK (length(provisional) <= 20),
    form_version_id INTEGER,
    values JSONB DEFAULT '{}' NOT NULL CONSTRAINT ticket_values_length_check CHECK (octet_length(values::text) <= 65536),
    insisted INTEGER DEFAULT '0' NOT NULL,
    answer TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_answer_length_check CHECK (length(answer) <= 4000),
    answered_at TIMESTAMP WITH TIME ZONE CONSTRAINT ticket_answered_at_range_check CHECK (answered_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    answered_by TEXT,
    communicated_at TIMESTAMP WITH TIME ZONE CONSTRAINT ticket_communicated_at_range_check CHECK (communicated_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    communicated_by TEXT,
    communicated_to TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_communicated_to_length_check CHECK (length(communicated_to) <= 120),
    text TEXT NOT NULL CONSTRAINT ticket_text_length_check CHECK (length(text) <= 4000),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_by TEXT NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    key UUID NOT NULL,
    payload_hash BYTEA NOT NULL,
    work_key INTEGER GENERATED ALWAYS AS (-insisted) STORED NOT NULL,
    person_key TEXT GENERATED ALWAYS AS (iduo.sort_key(surname || ', ' || names)) STORED NOT NULL CONSTRAINT ticket_person_key_length_check CHECK (length(person_key) <= 700),
    company_key TEXT GENERATED ALWAYS AS (iduo.sort_key(company)) STORED NOT NULL CONSTRAINT ticket_company_key_length_check CHECK (length(company_key) <= 700),
    surname_key TEXT GENERATED ALWAYS AS (iduo.fold(surname)) STORED NOT NULL CONSTRAINT ticket_surname_key_length_check CHECK (length(surname_key) <= 250),
    words TSVECTOR GENERATED ALWAYS AS (setweight(to_tsvector('simple', iduo.fold(surname || ' ' || names)), 'A') || setweight(to_tsvector('simple', iduo.fold(company)), 'B') || setweight(to_tsvector('simple', iduo.fold(text)), 'C') || setweight(to_tsvector('simple', iduo.fold(answer)), 'D')) STORED NOT NULL,
    person_words TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', iduo.fold(surname || ' ' || names))) STORED NOT NULL,
    CONSTRAINT ticket_pkey PRIMARY KEY (id),
    CONSTRAINT ticket_ivr_option_range_check CHECK (ivr_option BETWEEN 0 AND 99),
    CONSTRAINT ticket_text_check CHECK (text <> ''),
    CONSTRAINT ticket_way_back_check CHECK (phone <> '' OR email <> ''),
    CONSTRAINT ticket_document_form_check CHECK (document ~ '^[0-9A-Z]*$'),
    CONSTRAINT ticket_answer_check CHECK ((state IN ('open', 'awaiting_answer')) = (answer = '') AND (answer = '') = (answered_at IS NULL)),
    CONSTRAINT ticket_answered_by_check CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
    CONSTRAINT ticket_communicated_at_check CHECK ((state = 'communicated') = (communicated_at IS NOT NULL)),
    CONSTRAINT ticket_communicated_by_check CHECK ((communicated_at IS NULL) = (communicated_by IS NULL)),
    CONSTRAINT ticket_communicated_to_check CHECK ((communicated_at IS NULL) = (communicated_to = '')),
    CONSTRAINT ticket_insisted_range_check CHECK (insisted >= 0),
    CONSTRAINT ticket_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT ticket_number_key UNIQUE (number),
    CONSTRAINT ticket_topic_id_fkey FOREIGN KEY(topic_id) REFERENCES iduo.topic (id),
    CONSTRAINT ticket_call_id_fkey FOREIGN KEY(call_id) REFERENCES iduo.call (id),
    CONSTRAINT ticket_company_id_fkey FOREIGN KEY(company_id) REFERENCES iduo.company (id),
    CONSTRAINT ticket_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT ticket_form_version_id_fkey FOREIGN KEY(form_version_id) REFERENCES iduo.form_version (id),
    CONSTRAINT ticket_answered_by_fkey FOREIGN KEY(answered_by) REFERENCES iduo.staff (login),
    CONSTRAINT ticket_communicated_by_fkey FOREIGN KEY(communicated_by) REFERENCES iduo.staff (login),
    CONSTRAINT ticket_created_by_fkey FOREIGN KEY(created_by) REFERENCES iduo.staff (login),
    CONSTRAINT ticket_key_key UNIQUE (key)
);
CREATE INDEX ticket_at_index ON iduo.ticket (at);
CREATE INDEX ticket_caller_kind_index ON iduo.ticket (caller_kind, communicated_at, id) WHERE state = 'communicated';
CREATE INDEX ticket_channel_index ON iduo.ticket (channel, communicated_at, id) WHERE state = 'communicated';
CREATE INDEX ticket_client_index ON iduo.ticket (state, company_key COLLATE "C", id);
CREATE INDEX ticket_communicated_index ON iduo.ticket (communicated_at, id) INCLUDE (at) WHERE state = 'communicated';
CREATE INDEX ticket_company_index ON iduo.ticket (company_id, state, id) WHERE company_id IS NOT NULL;
CREATE INDEX ticket_company_number_index ON iduo.ticket (company_number, state, id) WHERE company_number IS NOT NULL;
CREATE INDEX ticket_contact_index ON iduo.ticket (contact_id, state, id) WHERE contact_id IS NOT NULL;
CREATE INDEX ticket_document_index ON iduo.ticket (document COLLATE "C", state, id) WHERE document <> '';
CREATE INDEX ticket_email_index ON iduo.ticket (email COLLATE "C", state, id) WHERE email <> '';
CREATE INDEX ticket_kind_index ON iduo.ticket (kind, communicated_at, id) WHERE state = 'communicated';
CREATE INDEX ticket_number_index ON iduo.ticket (state, number) INCLUDE (id, at);
CREATE INDEX ticket_person_index ON iduo.ticket (state, person_key COLLATE "C", id);
CREATE INDEX ticket_person_words_index ON iduo.ticket USING gin (person_words);
CREATE INDEX ticket_phone_index ON iduo.ticket (phone_key COLLATE "C", state, id) WHERE phone_key <> '';
CREATE INDEX ticket_provisional_index ON iduo.ticket (provisional) WHERE provisional <> '';
CREATE INDEX ticket_surname_index ON iduo.ticket (surname_key COLLATE "C", state, id);
CREATE INDEX ticket_taken_by_index ON iduo.ticket (created_by, communicated_at, id) WHERE state = 'communicated';
CREATE INDEX ticket_topic_index ON iduo.ticket (topic_id, communicated_at, id) WHERE state = 'communicated';
CREATE INDEX ticket_words_index ON iduo.ticket USING gin (words);
CREATE INDEX ticket_work_index ON iduo.ticket (state, work_key, id);

CREATE TABLE iduo.ticket_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    ticket_id BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT ticket_event_kind_word_check CHECK (kind IN ('created', 'insisted', 'exported', 'taken', 'answered', 'sent_back', 'communicated', 'note')),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    text TEXT DEFAULT '' NOT NULL CONSTRAINT ticket_event_text_length_check CHECK (length(text) <= 4000),
    version_after INTEGER NOT NULL,
    key UUID,
    payload_hash BYTEA,
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT ticket_event_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT ticket_event_pkey PRIMARY KEY (id),
    CONSTRAINT ticket_event_key_ticket_id_key UNIQUE (key, ticket_id),
    CONSTRAINT ticket_event_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT ticket_event_key_check CHECK ((key IS NULL) = (payload_hash IS NULL)),
    CONSTRAINT ticket_event_ticket_id_fkey FOREIGN KEY(ticket_id) REFERENCES iduo.ticket (id),
    CONSTRAINT ticket_event_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);
CREATE INDEX ticket_event_ticket_index ON iduo.ticket_event (ticket_id, id);

CREATE TABLE iduo.call_ticket (
    call_id BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    how TEXT NOT NULL CONSTRAINT call_ticket_how_word_check CHECK (how IN ('created', 'insisted', 'communicated')),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT call_ticket_pkey PRIMARY KEY (call_id, ticket_id, how),
    CONSTRAINT call_ticket_call_id_fkey FOREIGN KEY(call_id) REFERENCES iduo.call (id),
    CONSTRAINT call_ticket_ticket_id_fkey FOREIGN KEY(ticket_id) REFERENCES iduo.ticket (id)
);
CREATE INDEX call_ticket_ticket_index ON iduo.call_ticket (ticket_id);

-- forced row security would keep rows from the owner
RESET ROLE;
INSERT INTO iduo.setting (name, part, position, kind, value, shipped, minimum, maximum, meaning)
SELECT name, part, 100 + row_number() OVER (), kind, value::jsonb, value::jsonb, minimum, maximum, meaning FROM (VALUES
    ('organisation', 'Organización', 'text', '"iduo"', 1, 80, 'Cómo se llama la organización'),
    ('ticket_check_digit', 'Mensajes', 'yes_no', 'false', NULL, NULL, 'El número de ticket se dicta con un dígito más, que descubre un número mal oído'),
    ('coordinators_answer', 'Mensajes', 'yes_no', 'false', NULL, NULL, 'Los coordinadores también responden mensajes'),
    ('ticket_late_days', 'Mensajes', 'number', '3', 1, 60, 'Desde cuántos días hábiles sin respuesta un mensaje se marca como demorado'),
    ('contact_mail', 'Mensajes', 'text', '"contacto@iduo.com.ar"', 0, 200, 'Mail que se ofrece como otra vía'),
    ('contact_web', 'Mensajes', 'text', '"www.iduo.com.ar/Contacto.html"', 0, 200, 'Formulario web que se ofrece como otra vía'),
    ('contact_office', 'Mensajes', 'text', '""', 0, 200, 'Dirección de la oficina que se ofrece como última vía')
) AS s(name, part, kind, value, minimum, maximum, meaning);

INSERT INTO iduo.script (situation, part, position, meaning, text, shipped)
SELECT situation, 'Mensajes', 100 + row_number() OVER (), meaning, text, text FROM (VALUES
    ('identify', 'Para saber quién llama', '¿Me dice su nombre y apellido, y el número de empresa o de documento?'),
    ('refer', 'Al ofrecer primero los asistentes', 'Su empresa tiene asistentes que lo atienden personalmente por WhatsApp o por mail. Le paso los datos y se comunica directo con ellos.'),
    ('message', 'Mientras se toma el mensaje', 'Cuénteme, así lo registro y lo derivo a quien corresponde.'),
    ('way_back', 'Al pedir cómo avisarle', '¿A qué teléfono o mail podemos responderle?'),
    ('no_number', 'Sin servidor no hay número', 'Su mensaje quedó registrado. Anote este código provisorio; con él lo encontramos cuando vuelva a llamar.'),
    ('answer', 'Antes de leer la respuesta', 'Ya tenemos la respuesta a su mensaje. Se la leo.'),
    ('communicated', 'Después de leer la respuesta', '¿Le quedó alguna duda, o lo puedo ayudar en algo más?'),
    ('insisted', 'Después de insistir', 'Agregué su reclamo al mensaje y le di prioridad. El número de ticket sigue siendo el mismo.'),
    ('upset', 'Está nervioso', 'Entiendo su molestia y le pido disculpas por la demora. Vamos a buscar juntos cómo resolverlo.'),
    ('other_ways', 'Al ofrecer otras vías', 'También puede comunicarse por otra vía: por mail, por el formulario del sitio o, en última instancia, en la oficina.'),
    ('goodbye', 'Al despedirse', 'Gracias por comunicarse. Que tenga un buen día.')
) AS s(situation, meaning, text);

INSERT INTO iduo.transition (entity, before, after) VALUES
    ('ticket', 'open', 'awaiting_answer'), ('ticket', 'open', 'awaiting_communication'),
    ('ticket', 'awaiting_answer', 'awaiting_communication'), ('ticket', 'awaiting_communication', 'communicated'),
    ('ticket', 'awaiting_communication', 'awaiting_answer'), ('ticket', 'communicated', 'awaiting_communication');
