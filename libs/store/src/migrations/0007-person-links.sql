-- Whose keys are bound, and who was of which person: asked before persons become one, and before a key is bound.
create index binding_by_patient on binding (tenant, patient);
create index person_link_ended on person_link (tenant, person) where until_time is not null;
