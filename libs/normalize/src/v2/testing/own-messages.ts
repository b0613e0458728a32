/** Messages about people who never lived, of the kinds that are converted. */
const SENT = '|LAKEHIS|LAKE|PROVISO|HUB|20260110101500-0600||';
const PID =
  'PID|1||4711^^^LAKE&1.2.3.4&ISO^MR~078051120^^^USSSA^SS||QUILL^TAMSIN^ODA^^Dr.~ROE^TAMSIN^^^^^M||19850214|F||2106-3^White^HL70005|12 Reed Row&12&Reed Row^^Mirefield^WI^53999^USA^H||^PRN^PH^tamsin@example.org^^608^5550100|^WPN^PH^^^608^5550101|eng|M^Married^HL70002|CHR|A-1^^^LAKE^AN||||N^^HL70189||||||||N';
const PV1 =
  'PV1|1|I|3W^301^B^LAKE|R|||1234^HOLT^PIA^^^DR^^^NPI|77^ROE^ANN||MED||||7|||||V-88^^^LAKE^VN|SELF|||||||||||||||||||||||20260110093000';

function message(type: string, id: string, ...segments: readonly string[]): string {
  return [`MSH|^~\\&${SENT}${type}|${id}|P|2.5.1|||AL|NE|USA|UNICODE UTF-8`, ...segments].join('\r');
}

/** By name. Their conversion is pinned to the version of the converter. */
export const OWN_MESSAGES: Readonly<Record<string, string>> = {
  admission: message(
    'ADT^A01^ADT_A01',
    'M-1',
    'SFT|Lake Systems|3.1|LakeHIS|B-77',
    'EVN|A01|20260110101400||01|1234^HOLT^PIA|20260110093000|LAKE',
    PID,
    'PD1|||Mire Clinic^^^^^LAKE^XX^^^C-9|1234^HOLT^PIA^^^DR^^^NPI',
    'NK1|1|QUILL^MARA|SIB^Sibling^HL70063|12 Reed Row^^Mirefield|^PRN^PH^^^608^5550102',
    PV1,
    'PV2|||^Dizzy spells|||||20260110|20260112||2',
    'ROL|R-1|AD|AT^Attending^HL70443|1234^HOLT^PIA^^^DR^^^NPI|20260110',
    'OBX|1|NM|8302-2^Height^LN||172|cm|||||F|||20260110093500',
    'AL1|1|DA|7980^Penicillin^RXNORM|SV|Hives~Rash|20200101',
    'DG1|1||E11.9^Diabetes^I10C||20260110|A',
    'PR1|1||0DTJ4ZZ^Appendectomy^I10P||20260110103000|||||||1234^HOLT^PIA',
    'GT1|1|G-1|QUILL^MARA||12 Reed Row^^Mirefield|||19800101|F||SPO',
    'IN1|1|P1^Plan 1|INS1^^^LAKE|Mire Mutual|1 Quay^^Mirefield|||GRP-1||||20260101|20261231||||SEL|||||||||||||||||||POL-1',
    'ZPI|12345678|local',
  ),
  update: message(
    'ADT^A08^ADT_A01',
    'M-2',
    'EVN|A08|20260111101400',
    'PID|1||4711^^^LAKE&1.2.3.4&ISO^MR||QUILL^TAMSIN||""|||""|""||""||||||""',
    'PV1|1|I|4W^401^A^LAKE||||||||||||||||V-88^^^LAKE^VN',
    'GT1|1||QUILL^TAMSIN||||||||SEL',
  ),
  discharge: message('ADT^A03^ADT_A03', 'M-3', 'EVN|A03|20260112101400', PID, PV1),
  merge: message(
    'ADT^A40^ADT_A39',
    'M-4',
    'EVN|A40|20260113',
    PID,
    'MRG|4710^^^LAKE^MR||A-2^^^LAKE||||QUIL^TAMSIN',
  ),
  move: message('ADT^A45^ADT_A45', 'M-5', 'EVN|A45|20260113', PID, 'MRG|4709^^^LAKE^MR', PV1),
  results: message(
    'ORU^R01^ORU_R01',
    'M-6',
    PID,
    PV1,
    'ORC|RE|P-9^LAKE|F-9^LIS||CM||^^^20260301^^R||20260301080000|||1234^HOLT^PIA^^^DR^^^NPI',
    'OBR|1|P-9^LAKE|F-9^LIS|718-7^Hemoglobin^LN|||20260301080000|||||||||1234^HOLT^PIA^^^DR^^^NPI||||||20260301090000||LAB|F||||||R^Why||9&ROE&ANN^20260301',
    'NTE|1|L|to the order',
    'OBX|1|NM|718-7^Hemoglobin^LN||13.20|g/dL|12.0-16.0|N|||F|||20260301081500|05D^Lake Lab^L|77^HOLT^PIA^^^DR^^^NPI|M1^Manual^L|DEV-1^LAKE',
    'NTE|1||HER2:',
    'NTE|2||Negative',
    'NTE|3||ER:',
    'NTE|4||Negative',
    'OBX|2|CWE|X^Some^L|1.2|P^Positive^L~N^Negative^L||||||C',
    'OBX|3|SN|Y^Titer^L||^1^:^128||||||F',
    'OBX|4|ED|Z^Report^L||^AP^PDF^Base64^QUJD||||||F',
    'OBX|5|NM|W^Odd^L||hemolysed|mg/dL|||||X',
    'SPM|1|S-1&LAKE^S-2&LIS||BLD^Blood^HL70487|||VENIP^Venipuncture^HL70488|||||5^mL|||||202603010700|202603010800',
    'OBR|2|P-10^LAKE|F-10^LIS|SUS^Susceptibility^L|||20260301080000||||||||||||||||||F|X&Some&L^1|||P-9^F-9',
    'OBX|1|ST|AMP^Ampicillin^L||R||||||F',
  ),
};
