"""The report's look, on a screen and on A4."""

from coastwatch.reports.svg import FAINT, FONT, INK, NAVY, RULE, SMALL, SOFT

FAMILIES = ",".join(f'"{name}"' if " " in name else name for name in FONT.split(", "))
STYLE = f"""
*{{box-sizing:border-box}}
body{{font:15px/1.45 {FAMILIES};color:{INK};background:#fff;margin:0}}
h1,p,li,dd,td,th,summary,caption,figcaption{{overflow-wrap:anywhere}}
main{{max-width:60rem;margin:0 auto;padding:1.5rem 1.5rem 3rem}}
header{{display:flex;justify-content:space-between;align-items:flex-start;gap:1rem;
background:{NAVY};color:#fff;padding:1.3rem 1.6rem 1.2rem}}
.kicker{{margin:0;font-size:.95rem;color:#cfdbe7}}
h1{{margin:.1rem 0 .15rem;font-size:2.5rem;line-height:1.1;font-weight:700}}
.sub{{margin:0;font-size:1.1rem}}.as-of{{margin:.25rem 0 0;font-size:.85rem;color:#cfdbe7}}
.stamp{{margin:0;border:2px solid #fff;padding:.15rem .7rem;font-weight:700;
text-transform:uppercase;letter-spacing:.12em;font-size:.8rem;white-space:nowrap}}
h2{{font-size:1.55rem;line-height:1.2;margin:0 0 .5rem;color:{NAVY};
border-bottom:2px solid {NAVY};
padding-bottom:.25rem}}
h3{{font-size:1.1rem;margin:1.2rem 0 .4rem;color:{NAVY}}}
section{{margin:2.2rem 0 0}}header+section{{margin-top:1rem}}
p{{margin:.4rem 0}}.lead{{font-size:1.1rem;margin:.2rem 0 .8rem}}
.watch{{font-size:1.05rem;margin:.2rem 0 .8rem}}
.note,figcaption,caption{{color:{SOFT};font-size:.85rem;line-height:1.4}}
.tiles{{display:flex;gap:.7rem;margin:0 0 .4rem}}
.tile{{flex:1 1 0;border-top:3px solid {NAVY};background:{FAINT};padding:.5rem .7rem .6rem;
min-width:0}}
.tile.small{{border-color:{SMALL};flex:1.5 1 0}}
.tile p{{margin:0}}.tile .big{{font-size:2.1rem;line-height:1.15;font-weight:700}}
.tile.small .big{{color:{SMALL}}}.tile .word{{font-weight:700;line-height:1.25}}
.tile .note{{margin-top:.2rem;line-height:1.25}}
figure{{margin:.4rem 0 .8rem}}svg{{display:block;width:100%;height:auto}}
svg.inline{{display:block;height:.75rem;width:100%}}figcaption{{margin-top:.35rem}}
table{{border-collapse:collapse;width:100%;margin:.5rem 0;font-variant-numeric:tabular-nums}}
caption{{text-align:left;padding:.1rem 0 .3rem}}
th,td{{text-align:left;vertical-align:baseline;padding:.22rem .55rem .22rem 0;
border-bottom:1px solid {RULE};
font-weight:400}}thead th{{color:{SOFT};font-size:.82rem;vertical-align:bottom;line-height:1.2;
border-bottom:1px solid {INK};overflow-wrap:normal}}
.n{{text-align:right}}tfoot th,tfoot td{{font-weight:700;
border-bottom:0;border-top:1px solid {INK}}}.small td,.small th{{font-size:.85rem;
padding-top:.14rem;
padding-bottom:.14rem}}.compare td:nth-child(2) b{{font-size:1.05rem}}

.fill{{height:.7rem;background:{NAVY};print-color-adjust:exact}}
small{{color:{SOFT}}}.none{{color:{SOFT};font-style:italic}}
td.w,.small td.n,.small th[scope=row]{{white-space:nowrap}}
.small th[scope=row]{{max-width:24em;overflow:hidden;text-overflow:ellipsis}}
.again{{color:#55626f}}td.bar{{width:14%;
vertical-align:middle}}td.strip{{width:30%;vertical-align:middle}}
.thirds{{display:flex;gap:1.4rem;align-items:flex-start}}.thirds>*{{flex:1 1 0}}
.halves{{display:flex;flex-wrap:wrap;gap:0 1.6rem}}.halves>*{{flex:1 1 20rem;min-width:0}}
.twos{{columns:2 20rem;column-gap:1.6rem}}.threes{{columns:3 12rem;column-gap:1.6rem}}
details{{margin:.3rem 0 .8rem}}summary{{cursor:pointer;color:{SOFT};font-size:.85rem;
padding:.3rem 0}}
.scroll{{overflow-x:auto}}:focus-visible{{outline:3px solid {SMALL};outline-offset:2px}}
dl{{columns:2;column-gap:2rem;margin:.3rem 0}}dt{{font-weight:700;color:{NAVY}}}
dd{{margin:0 0 .55rem}}.sr{{border:0;padding:0;margin:0;position:absolute;
width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}}caption.sr{{position:static;width:auto;height:auto;
clip-path:none;white-space:normal}}
@media(max-width:44rem){{.tiles,.thirds{{flex-wrap:wrap}}.tile{{flex:1 1 40%}}
.tile.small{{flex-basis:100%}}dl{{columns:1}}
section{{overflow-x:auto}}td.n{{white-space:nowrap}}
th,td{{padding-right:.3rem;font-size:.8rem}}.small td,.small th,thead th{{font-size:.75rem}}
main{{padding:0 .8rem 2rem}}header{{margin:0 -.8rem}}h1{{font-size:1.9rem}}}}
"""
PRINT = f"""
@page{{size:A4;margin:13mm 15mm 15mm;@bottom-left{{content:string(site) " · " string(when) " · "
string(mark);font:7.5pt {FAMILIES};color:{SOFT}}}
@bottom-right{{content:counter(page) " / " counter(pages);font:7.5pt {FAMILIES};color:{SOFT}}}}}
@page:first{{margin-top:0;@bottom-left{{content:none}}}}
@media print{{html{{font-size:9.4pt}}body{{font-size:9pt;line-height:1.36}}main{{max-width:none;
padding:0;margin:0}}
h1{{string-set:site content()}}.sub{{string-set:when content()}}.as-of{{string-set:mark content()}}
header{{margin:0 -15mm;padding:11mm 15mm 6mm}}
section{{break-inside:avoid;margin:7mm 0 0}}header+section{{margin-top:4mm}}
details{{display:none}}tfoot{{display:table-row-group}}.lead{{break-after:avoid}}
h2{{break-after:avoid}}
h3,figcaption,caption{{break-after:avoid}}
tr,figure,dd,.tile,.whole,.twos,.threes{{break-inside:avoid}}
td,th{{overflow-wrap:break-word}}.long{{overflow-wrap:anywhere}}
dt{{break-after:avoid}}.lead,.watch{{font-size:10.5pt}}h2{{font-size:16pt}}h1{{font-size:27pt}}
.tile .big{{font-size:22pt}}h3{{margin:3.5mm 0 1.5mm}}
.sr{{font-size:1px;color:#fff}}caption.sr{{font-size:8pt;color:{SOFT}}}
table{{margin:1.5mm 0}}.small td,.small th{{font-size:8pt;padding-top:.35mm;padding-bottom:.35mm;
padding-right:1.6mm}}
.small th[scope=row]{{overflow:visible}}
.crossings td,.crossings th{{line-height:1.2;padding-top:.5mm;padding-bottom:.5mm;font-size:8.5pt}}
figure{{margin:1mm 0 2.5mm}}dl{{font-size:8.5pt;line-height:1.32}}dd{{margin-bottom:1.6mm}}
*{{-webkit-print-color-adjust:exact;print-color-adjust:exact}}}}
"""
