SET LOCAL ROLE iduo_owner;

-- persons: how they are reached without danger, and who was made one with another
ALTER TABLE iduo.contact ADD COLUMN version INTEGER DEFAULT '1' NOT NULL,
    ADD COLUMN safe_when TEXT DEFAULT '' NOT NULL CONSTRAINT contact_safe_when_length_check CHECK (length(safe_when) <= 200),
    ADD COLUMN safe_where TEXT DEFAULT '' NOT NULL CONSTRAINT contact_safe_where_length_check CHECK (length(safe_where) <= 200),
    ADD COLUMN safe_words TEXT DEFAULT '' NOT NULL CONSTRAINT contact_safe_words_length_check CHECK (length(safe_words) <= 500),
    ADD COLUMN merged_into BIGINT CONSTRAINT contact_merged_into_fkey REFERENCES iduo.contact (id),
    ADD CONSTRAINT contact_merged_into_check CHECK (merged_into <> id);
CREATE INDEX contact_merged_index ON iduo.contact (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX contact_name_index ON iduo.contact (search_text COLLATE "C", id) WHERE merged_into IS NULL;
CREATE INDEX contact_person_index ON iduo.contact (person_key COLLATE "C", id) WHERE merged_into IS NULL;
ALTER TABLE iduo.contact_phone ADD COLUMN safe BOOLEAN;
ALTER TABLE iduo.contact_email ADD COLUMN safe BOOLEAN;

-- cases of persons who are no clients
ALTER TABLE iduo.case ALTER COLUMN company_id DROP NOT NULL,
    ADD COLUMN contact_id BIGINT CONSTRAINT case_contact_id_fkey REFERENCES iduo.contact (id),
    ADD COLUMN priority TEXT DEFAULT 'normal' NOT NULL
        CONSTRAINT case_priority_word_check CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    ADD COLUMN risk TEXT DEFAULT 'none' NOT NULL CONSTRAINT case_risk_word_check CHECK (risk IN ('none', 'low', 'medium', 'high')),
    ADD CONSTRAINT case_about_check CHECK (num_nonnulls(company_id, contact_id) > 0),
    ADD CONSTRAINT case_collection_check CHECK (company_id IS NOT NULL OR NOT collection);
CREATE INDEX case_contact_index ON iduo.case (contact_id, state, id) WHERE contact_id IS NOT NULL;
ALTER TABLE iduo.case_event ALTER COLUMN company_id DROP NOT NULL, DROP CONSTRAINT case_event_kind_word_check,
    ADD CONSTRAINT case_event_kind_word_check CHECK (kind IN ('created', 'imported', 'taken', 'taken_over', 'released', 'returned', 'moved',
        'attempt', 'closed', 'reopened', 'handed_over', 'survey', 'rated'));
ALTER TABLE iduo.attempt ALTER COLUMN company_id DROP NOT NULL;
ALTER TABLE iduo.survey_answer ALTER COLUMN company_id DROP NOT NULL;

ALTER TABLE iduo.form ADD COLUMN reserved BOOLEAN DEFAULT false NOT NULL,
    ADD CONSTRAINT form_reserved_check CHECK (kind = 'contact_section' OR NOT reserved);

CREATE TABLE iduo.contact_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    contact_id BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT contact_event_kind_word_check CHECK (kind IN ('changed', 'undone', 'phone', 'email', 'flag', 'section', 'network', 'merged', 'unmerged')),
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    by TEXT NOT NULL,
    field TEXT DEFAULT '' NOT NULL CONSTRAINT contact_event_field_length_check CHECK (length(field) <= 40),
    before TEXT DEFAULT '' NOT NULL CONSTRAINT contact_event_before_length_check CHECK (length(before) <= 4000),
    after TEXT DEFAULT '' NOT NULL CONSTRAINT contact_event_after_length_check CHECK (length(after) <= 4000),
    version_after INTEGER NOT NULL,
    key UUID,
    payload_hash BYTEA,
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT contact_event_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT contact_event_pkey PRIMARY KEY (id),
    CONSTRAINT contact_event_payload_hash_length_check CHECK (octet_length(payload_hash) = 32),
    CONSTRAINT contact_event_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT contact_event_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT contact_event_key_key UNIQUE (key)
);
CREATE INDEX contact_event_contact_index ON iduo.contact_event (contact_id, id);

CREATE TABLE iduo.contact_flag (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    contact_id BIGINT NOT NULL,
    text TEXT NOT NULL CONSTRAINT contact_flag_text_length_check CHECK (length(text) <= 200),
    until DATE CONSTRAINT contact_flag_until_range_check CHECK (until BETWEEN '1900-01-01' AND '2999-12-31'),
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    lowered_by TEXT,
    lowered_at TIMESTAMP WITH TIME ZONE CONSTRAINT contact_flag_lowered_at_range_check CHECK (lowered_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT contact_flag_pkey PRIMARY KEY (id),
    CONSTRAINT contact_flag_lowered_check CHECK ((lowered_at IS NULL) = (lowered_by IS NULL)),
    CONSTRAINT contact_flag_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT contact_flag_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login),
    CONSTRAINT contact_flag_lowered_by_fkey FOREIGN KEY(lowered_by) REFERENCES iduo.staff (login)
);
CREATE INDEX contact_flag_contact_index ON iduo.contact_flag (contact_id);

CREATE TABLE iduo.contact_section (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    contact_id BIGINT NOT NULL,
    form_id INTEGER NOT NULL,
    form_version_id INTEGER NOT NULL,
    reserved BOOLEAN NOT NULL,
    latest BOOLEAN DEFAULT true NOT NULL,
    said JSONB NOT NULL CONSTRAINT contact_section_said_length_check CHECK (octet_length(said::text) <= 65536),
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT contact_section_pkey PRIMARY KEY (id),
    CONSTRAINT contact_section_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT contact_section_form_id_fkey FOREIGN KEY(form_id) REFERENCES iduo.form (id),
    CONSTRAINT contact_section_form_version_id_fkey FOREIGN KEY(form_version_id) REFERENCES iduo.form_version (id),
    CONSTRAINT contact_section_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);
CREATE INDEX contact_section_contact_index ON iduo.contact_section (contact_id, form_id, id);
CREATE UNIQUE INDEX contact_section_latest_index ON iduo.contact_section (contact_id, form_id) WHERE latest;
CREATE INDEX contact_section_version_index ON iduo.contact_section (form_version_id);

CREATE TABLE iduo.contact_relation (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    contact_id BIGINT NOT NULL,
    other_id BIGINT NOT NULL,
    what TEXT NOT NULL CONSTRAINT contact_relation_what_length_check CHECK (length(what) <= 80),
    note TEXT DEFAULT '' NOT NULL CONSTRAINT contact_relation_note_length_check CHECK (length(note) <= 500),
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    removed BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT contact_relation_pkey PRIMARY KEY (id),
    CONSTRAINT contact_relation_other_check CHECK (contact_id <> other_id),
    CONSTRAINT contact_relation_contact_id_fkey FOREIGN KEY(contact_id) REFERENCES iduo.contact (id),
    CONSTRAINT contact_relation_other_id_fkey FOREIGN KEY(other_id) REFERENCES iduo.contact (id),
    CONSTRAINT contact_relation_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);
CREATE UNIQUE INDEX contact_relation_contact_index ON iduo.contact_relation (contact_id, other_id) WHERE NOT removed;
CREATE INDEX contact_relation_other_index ON iduo.contact_relation (other_id);

CREATE TABLE iduo.contact_merge (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    keep_id BIGINT NOT NULL,
    other_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    moved JSONB DEFAULT '{}' NOT NULL CONSTRAINT contact_merge_moved_length_check CHECK (octet_length(moved::text) <= 4000000),
    before JSONB DEFAULT '{}' NOT NULL CONSTRAINT contact_merge_before_length_check CHECK (octet_length(before::text) <= 65536),
    undone_at TIMESTAMP WITH TIME ZONE CONSTRAINT contact_merge_undone_at_range_check CHECK (undone_at BETWEEN '1900-01-01 UTC' AND '2999-12-31 UTC'),
    CONSTRAINT contact_merge_pkey PRIMARY KEY (id),
    CONSTRAINT contact_merge_other_check CHECK (keep_id <> other_id),
    CONSTRAINT contact_merge_keep_id_fkey FOREIGN KEY(keep_id) REFERENCES iduo.contact (id),
    CONSTRAINT contact_merge_other_id_fkey FOREIGN KEY(other_id) REFERENCES iduo.contact (id),
    CONSTRAINT contact_merge_event_id_fkey FOREIGN KEY(event_id) REFERENCES iduo.contact_event (id),
    CONSTRAINT contact_merge_by_fkey FOREIGN KEY(by) REFERENCES iduo.staff (login)
);
CREATE INDEX contact_merge_event_index ON iduo.contact_merge (event_id);
CREATE INDEX contact_merge_keep_index ON iduo.contact_merge (keep_id);
CREATE UNIQUE INDEX contact_merge_other_index ON iduo.contact_merge (other_id) WHERE undone_at IS NULL;

ALTER TABLE iduo.receipt DROP CONSTRAINT receipt_what_word_check,
    ADD CONSTRAINT receipt_what_word_check CHECK (what IN ('audit', 'person', 'erase', 'assistants', 'export', 'section'));

-- what their work is done by has other parameters now
DROP FUNCTION IF EXISTS iduo.pressures(bigint[]);
DROP FUNCTION IF EXISTS iduo.need_rest(bigint);
RESET ROLE;

-- the sections that the record ships with; an administrator makes of them what he needs
INSERT INTO iduo.form (kind, title, reserved) VALUES ('contact_section', 'Demografía', false), ('contact_section', 'Antecedentes de salud', true);
INSERT INTO iduo.form_version (form_id, state, published_at)
SELECT f.id, 'published', clock_timestamp() FROM iduo.form f WHERE f.kind = 'contact_section'
    AND NOT EXISTS (SELECT FROM iduo.form_version v WHERE v.form_id = f.id);
INSERT INTO iduo.form_field (version_id, key, label, kind, help, max_length, position)
SELECT v.id, d.key, d.label, d.kind, d.help, d.max_length, d.position
FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id AND v.state = 'published' JOIN (VALUES
    ('Demografía', 'gender', 'Género', 'choice', '', 200, 1),
    ('Demografía', 'age_group', 'Edad aproximada', 'choice', 'Si no dice la fecha de nacimiento', 200, 2),
    ('Demografía', 'locality', 'Localidad', 'text', 'Ciudad o barrio', 120, 3),
    ('Demografía', 'lives_with', 'Con quién vive', 'several', '', 200, 4),
    ('Demografía', 'dependents', 'Personas a cargo', 'number', 'Hijos u otros', 200, 5),
    ('Demografía', 'schooling', 'Estudios', 'choice', 'El último nivel completo', 200, 6),
    ('Demografía', 'occupation', 'Ocupación', 'choice', '', 200, 7),
    ('Demografía', 'coverage', 'Cobertura de salud', 'choice', '', 200, 8),
    ('Demografía', 'heard_from', 'Cómo conoció la línea', 'choice', '', 200, 9),
    ('Antecedentes de salud', 'treatment', 'Está en tratamiento', 'yes_no', '', 200, 1),
    ('Antecedentes de salud', 'attended_at', 'Dónde se atiende', 'text', 'Hospital, centro o profesional', 200, 2),
    ('Antecedentes de salud', 'diagnoses', 'Diagnósticos', 'long_text', 'Como los cuenta la persona', 1000, 3),
    ('Antecedentes de salud', 'medication', 'Medicación', 'long_text', 'Qué toma, cuánto y desde cuándo', 1000, 4),
    ('Antecedentes de salud', 'allergies', 'Alergias', 'text', '', 200, 5),
    ('Antecedentes de salud', 'hospitalised', 'Tuvo internaciones', 'yes_no', '', 200, 6),
    ('Antecedentes de salud', 'hospitalised_when', 'Cuándo y por qué', 'text', '', 200, 7),
    ('Antecedentes de salud', 'self_harm', 'Se hizo daño o intentó quitarse la vida', 'choice', '', 200, 8),
    ('Antecedentes de salud', 'substances', 'Consumos', 'several', '', 200, 9),
    ('Antecedentes de salud', 'disability', 'Discapacidad', 'choice', '', 200, 10),
    ('Antecedentes de salud', 'remarks', 'Observaciones', 'long_text', '', 2000, 11)
) AS d(form, key, label, kind, help, max_length, position) ON d.form = f.title WHERE f.kind = 'contact_section';
INSERT INTO iduo.form_option (field_id, key, label, position)
SELECT d.id, o.key, o.label, o.position
FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id AND v.state = 'published' JOIN iduo.form_field d ON d.version_id = v.id JOIN (VALUES
    ('gender', 'woman', 'Mujer', 1), ('gender', 'man', 'Varón', 2), ('gender', 'trans_woman', 'Mujer trans', 3),
    ('gender', 'trans_man', 'Varón trans', 4), ('gender', 'non_binary', 'No binario', 5), ('gender', 'other', 'Otro', 6),
    ('age_group', 'child', 'Hasta 12', 1), ('age_group', 'teenager', '13 a 17', 2), ('age_group', 'young', '18 a 29', 3),
    ('age_group', 'adult', '30 a 44', 4), ('age_group', 'middle', '45 a 59', 5), ('age_group', 'older', '60 o más', 6),
    ('lives_with', 'alone', 'Sola o solo', 1), ('lives_with', 'partner', 'Pareja', 2), ('lives_with', 'children', 'Hijos', 3),
    ('lives_with', 'parents', 'Padres', 4), ('lives_with', 'relatives', 'Otros familiares', 5), ('lives_with', 'friends', 'Amigos', 6),
    ('lives_with', 'institution', 'Institución', 7), ('lives_with', 'street', 'En la calle', 8),
    ('schooling', 'none', 'Ninguno', 1), ('schooling', 'primary', 'Primario', 2), ('schooling', 'secondary', 'Secundario', 3),
    ('schooling', 'tertiary', 'Terciario', 4), ('schooling', 'university', 'Universitario', 5),
    ('occupation', 'employed', 'Trabaja', 1), ('occupation', 'informal', 'Trabajo informal', 2), ('occupation', 'unemployed', 'Busca trabajo', 3),
    ('occupation', 'student', 'Estudia', 4), ('occupation', 'home', 'Tareas del hogar', 5), ('occupation', 'retired', 'Jubilada o jubilado', 6),
    ('occupation', 'other', 'Otra', 7),
    ('coverage', 'public', 'Solo pública', 1), ('coverage', 'union', 'Obra social', 2), ('coverage', 'private', 'Prepaga', 3),
    ('coverage', 'pami', 'PAMI', 4),
    ('heard_from', 'relative', 'Un familiar o amigo', 1), ('heard_from', 'professional', 'Un profesional', 2),
    ('heard_from', 'media', 'Radio, televisión o diario', 3), ('heard_from', 'internet', 'Internet', 4), ('heard_from', 'other', 'Otro', 5),
    ('self_harm', 'never', 'No', 1), ('self_harm', 'thought', 'Lo pensó', 2), ('self_harm', 'once', 'Una vez', 3),
    ('self_harm', 'more', 'Más de una vez', 4), ('self_harm', 'recent', 'En el último mes', 5),
    ('substances', 'none', 'Ninguno', 1), ('substances', 'alcohol', 'Alcohol', 2), ('substances', 'tobacco', 'Tabaco', 3),
    ('substances', 'medicines', 'Medicamentos sin receta', 4), ('substances', 'cannabis', 'Marihuana', 5),
    ('substances', 'cocaine', 'Cocaína o derivados', 6), ('substances', 'other', 'Otros', 7),
    ('disability', 'none', 'Ninguna', 1), ('disability', 'motor', 'Motriz', 2), ('disability', 'sensory', 'Visual o auditiva', 3),
    ('disability', 'intellectual', 'Intelectual', 4), ('disability', 'psychosocial', 'Psicosocial', 5), ('disability', 'other', 'Otra', 6)
) AS o(field, key, label, position) ON o.field = d.key WHERE f.kind = 'contact_section';
