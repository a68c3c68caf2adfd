SELECT
    time_hour,
    carrier || '-' || flight AS flight_name,
    origin || ':' || dest AS route,
    dep_delay,
    arr_delay,
    dep_delay - arr_delay AS made_up,
    distance * 60e0 / air_time AS miles_per_hour
FROM flights
WHERE arr_delay > 120 AND dest <> 'HNL' AND dest <> 'ANC'
