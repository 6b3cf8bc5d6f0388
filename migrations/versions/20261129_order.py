"""Lists sort short texts as people expect: without capitals and marks, by an index over `sort_key(text)`.

The function is SQLite's from each connection (`unicode_text.sort_key`); PostgreSQL gets its own here. It asks no collation, which
a system's upgrade may change under an index.
"""

from __future__ import annotations

from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

# What a decomposed text still has of capitals and of letters that stand beside another one, and what they become.
LETTERS = (
    'ABCDEFGHIJKLMNOPQRSTUVWXYZÐØðøĐđĦħıŁłŊŦŧƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜȠȢȤΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤ'
    'ΥΦΧΨΩςϘϚϜϞϠϢϤϦϨϪϬϮЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼ'
    'ҾӀӃӅӇӉӋӍӔӘӠӨԀԂԄԆԈԊԌԎԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷႸႹႺႻႼႽႾႿჀჁჂჃჄჅℲↃ𐐀𐐁'
    '𐐂𐐃𐐄𐐅𐐆𐐇𐐈𐐉𐐊𐐋𐐌𐐍𐐎𐐏𐐐𐐑𐐒𐐓𐐔𐐕𐐖𐐗𐐘𐐙𐐚𐐛𐐜𐐝𐐞𐐟𐐠𐐡𐐢𐐣𐐤𐐥'
)
BECOME = (
    'abcdefghijklmnopqrstuvwxyzdododdhhillŋttɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥαβγδεζηθικλμνξοπρστ'
    'υφχψωσϙϛϝϟϡϣϥϧϩϫϭϯђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽ'
    'ҿӏӄӆӈӊӌӎӕәӡөԁԃԅԇԉԋԍԏաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆⴀⴁⴂⴃⴄⴅⴆⴇⴈⴉⴊⴋⴌⴍⴎⴏⴐⴑⴒⴓⴔⴕⴖⴗⴘⴙⴚⴛⴜⴝⴞⴟⴠⴡⴢⴣⴤⴥⅎↄ𐐨𐐩'
    '𐐪𐐫𐐬𐐭𐐮𐐯𐐰𐐱𐐲𐐳𐐴𐐵𐐶𐐷𐐸𐐹𐐺𐐻𐐼𐐽𐐾𐐿𐑀𐑁𐑂𐑃𐑄𐑅𐑆𐑇𐑈𐑉𐑊𐑋𐑌𐑍'
)
SEVERAL = {'Æ': 'ae', 'Þ': 'th', 'ß': 'ss', 'æ': 'ae', 'þ': 'th', 'Œ': 'oe', 'œ': 'oe', 'ẞ': 'ss'}
MARKS = ''.join(map(chr, range(0x300, 0x370)))


def upgrade() -> None:
    """Go forward."""
    if op.get_context().dialect.name == 'postgresql':
        op.execute(function())
    for table in ('staff', 'user'):
        op.drop_index(f'ix_{table}_name_id', table_name=table)
        op.create_sort_index(table, 'name')
        op.create_sort_index(table, 'email')
    op.create_sort_index('role', 'name')


def downgrade() -> None:
    """Go back."""
    op.drop_sort_index('role', 'name')
    for table in ('staff', 'user'):
        op.drop_sort_index(table, 'email')
        op.drop_sort_index(table, 'name')
        op.create_index(f'ix_{table}_name_id', table, ['name', 'id'])
    if op.get_context().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION sort_key(text)')


def function() -> str:
    """Write `unicode_text.sort_key` for PostgreSQL. Not in SQL, which would be planned anew within each statement."""
    plain = f"translate(normalize(value, NFKD), '{LETTERS}{MARKS}', '{BECOME}')"
    for letter, text in SEVERAL.items():
        plain = f"replace({plain}, '{letter}', '{text}')"
    return f"""
        CREATE FUNCTION sort_key(value text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        DECLARE plain text;
        BEGIN
            IF octet_length(value) = length(value) THEN
                plain := left(lower(value COLLATE "C"), 200);
            ELSE
                plain := left({plain}, 200);
            END IF;
            IF plain COLLATE "C" = value THEN
                RETURN plain;
            END IF;
            RETURN plain || chr(1) || value;
        END $$
    """
