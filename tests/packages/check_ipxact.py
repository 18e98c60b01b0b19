"""Checks the IP-XACT components of packages against the schema, their manifests and the registers in SystemRDL."""

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pyEDAA
from lxml import etree
from peakrdl_ipxact import IPXACTExporter, Standard
from systemrdl import RDLCompiler

SPACE = "{http://www.accellera.org/XMLSchema/IPXACT/1685-2014}"
SCHEMA = Path(list(pyEDAA.__path__)[0]) / "IPXACT/Schema/ieee-1685-2014/index.xsd"


def number(text):
    return int(text.replace("'h", "0x"), 0)


def text(element, path, default=None):
    return element.findtext("/".join(SPACE + name for name in path.split("/")), default)


def field(element):
    reset = text(element, "resets/reset/value")
    codes = element.iter(SPACE + "enumeratedValue")
    return (
        text(element, "name"), text(element, "description"), number(text(element, "bitOffset")),
        number(text(element, "bitWidth")), text(element, "access"), text(element, "modifiedWriteValue"),
        text(element, "volatile"), None if reset is None else number(reset),
        [(text(code, "name"), number(text(code, "value"))) for code in codes],
    )


def registers(root):
    """Everything that a component says about its registers."""
    return [
        (text(register, "name"), text(register, "description"), number(text(register, "addressOffset")),
         number(text(register, "size")), [field(own) for own in register.iter(SPACE + "field")])
        for register in root.iter(SPACE + "register")
    ]


def registers_of_rdl(path, scratch):
    compiler = RDLCompiler()
    compiler.compile_file(str(path))
    IPXACTExporter(standard=Standard.IEEE_1685_2014).export(compiler.elaborate(), str(scratch))
    return registers(ElementTree.parse(scratch).getroot())


def ports(root):
    found = []
    for port in root.iter(SPACE + "port"):
        width = 1 + int(text(port, "wire/vectors/vector/left", "0"))
        direction = {"in": "input", "out": "output"}[text(port, "wire/direction")]
        found.append((text(port, "name"), direction, width))
    return found


def check(folder, schema):
    manifest = json.loads((folder / "manifest.json").read_text())
    path = folder / f"{manifest['top']}.xml"
    document = etree.parse(path)
    schema.assertValid(document)
    root = ElementTree.parse(path).getroot()
    expected = [(port["name"], port["direction"], port["width"]) for port in manifest["ports"]]
    assert ports(root) == expected, (ports(root), expected)
    names = {name for name, _, _ in expected}
    mapped = [port.findtext(SPACE + "name") for port in root.iter(SPACE + "physicalPort")]
    assert len(mapped) == len(set(mapped)) and names.issuperset(mapped), mapped
    interfaces = {text(bus, "name") for bus in root.iter(SPACE + "busInterface")}
    for parameter in root.iter(SPACE + "parameter"):
        if text(parameter, "name").startswith("ASSOCIATED_"):
            assert interfaces.issuperset(text(parameter, "value").split(":")), text(parameter, "value")
    for file in root.iter(SPACE + "file"):
        assert (folder / text(file, "name")).is_file(), text(file, "name")
    rdl = folder / f"{manifest['top']}.rdl"
    found = registers(root)
    if rdl.exists():
        assert found == registers_of_rdl(rdl, Path("peakrdl.xml")), found
    buses = []
    for bus in root.iter(SPACE + "busInterface"):
        mode = "slave" if bus.find(SPACE + "slave") is not None else "master"
        buses.append(f"{text(bus, 'name')} {mode} {bus.find(SPACE + 'busType').get('name')}")
    print(f"{manifest['top']}: {len(expected)} ports; {len(found)} registers, buses: {', '.join(buses)}".rstrip())


schema = etree.XMLSchema(etree.parse(SCHEMA))
for folder in sys.argv[1:]:
    check(Path(folder), schema)
