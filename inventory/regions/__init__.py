"""The ministry's code tree (wilayah): province, regency or city, kecamatan, village."""
