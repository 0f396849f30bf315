"""``palier bearings``: what the catalogue knows, and where it knows it from."""

import math

import click

__all__ = ["bearings"]


@click.command()
@click.argument("name", required=False)
def bearings(name: str | None) -> None:
    """List the bearings of the catalogue, or show one: geometry, defect lines in orders, and the source.

    NAME is a catalogue name, or geometry such as n=9,d=7.94mm,D=39.04mm,phi=0.
    """
    from palier.core.catalogue import catalogue, parse_bearing

    for bearing in catalogue() if name is None else (parse_bearing(name),):
        click.secho(bearing.name, bold=True)
        click.echo(
            f"  {bearing.n_elements} elements of {bearing.element_diameter_m * 1e3:.4g} mm on "
            f"{bearing.pitch_diameter_m * 1e3:.5g} mm, contact angle {math.degrees(bearing.contact_angle_rad):.4g}°"
        )
        click.echo(
            f"  orders: BPFO {bearing.bpfo_order:.4f}  BPFI {bearing.bpfi_order:.4f}  "
            f"2×BSF {bearing.bsf2_order:.4f}  FTF {bearing.ftf_order:.5f}"
        )
        click.echo(f"  {bearing.provenance}")
