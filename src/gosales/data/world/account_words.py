"""Words from which accounts are named and described."""

INDUSTRIES = {
    "Machinery": ("Machine Tools", "Packaging", "Agricultural"),
    "Medical": ("Implants", "Instruments", "Diagnostics"),
    "Aerospace": ("Structures", "Propulsion"),
    "Automotive": ("Body and Chassis", "Powertrain", "Aftermarket"),
    "Consumer Goods": ("Appliances", "Sporting Goods", "Toys"),
    "Electronics": ("Enclosures", "Semiconductor Equipment"),
    "Education": ("University", "Technical College"),
    "Energy": ("Oil and Gas", "Renewables"),
}
REGIONS = ("Northeast", "Southeast", "Midwest", "Southwest", "West")
REPS = (
    "Abbott",
    "Bailey",
    "Castro",
    "Dalton",
    "Ellis",
    "Fraser",
    "Grant",
    "Hobbs",
    "Ingram",
    "Jarvis",
    "Keller",
    "Lowe",
    "Mercer",
    "Nolan",
    "Osborn",
)
PLACES = (
    "Alder", "Birch", "Canyon", "Delta", "Eagle", "Falcon", "Granite", "Harbor", "Iron", "Juniper",
    "Keystone", "Lakeside", "Mesa", "North Fork", "Orchard", "Prairie", "Quarry", "Ridge",
    "Summit", "Tidewater", "Union", "Valley", "Westfield", "Yarrow", "Cañon", "Montréal", "Zürich",
)  # fmt: skip
TRADES = (
    "Automation", "Castings", "Components", "Controls", "Design", "Devices", "Dynamics",
    "Engineering", "Fabrication", "Industries", "Instruments", "Labs", "Machine", "Manufacturing",
    "Molding", "Plastics", "Precision", "Products", "Robotics", "Systems", "Technologies",
    "Tooling", "Works",
)  # fmt: skip
